/// Notices that somebody set the clock of the day, by which files are dated: from then on a file's age tells less.
///
/// Pure: it is told both clocks.
struct ClockSteps {
    /// What slewing the clock may change between two looks, in nanoseconds; anything more was a step.
    private static let tolerance: UInt64 = 500_000_000

    /// Nanoseconds since 1970 less those since boot, as of the last look.
    private var offset: Int64
    private var lastStep: UInt64?

    /// - Parameters:
    ///   - day: nanoseconds since 1970.
    ///   - boot: nanoseconds since boot, of the same instant.
    init(day: UInt64, boot: UInt64) {
        offset = Self.offset(day, boot)
    }

    /// For how many nanoseconds files have been dated by the clock as it goes now; nil: for as long as this looks.
    mutating func sinceStep(day: UInt64, boot: UInt64) -> UInt64? {
        let now = Self.offset(day, boot)
        if (now &- offset).magnitude > Self.tolerance { lastStep = boot }
        offset = now
        return lastStep.map { boot > $0 ? boot - $0 : 0 }
    }

    private static func offset(_ day: UInt64, _ boot: UInt64) -> Int64 {
        Int64(bitPattern: day &- boot)
    }
}
