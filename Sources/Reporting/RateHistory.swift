/// How fast a counter grew, look by look.
struct RateHistory: Sendable {
    /// Looks that are kept: at one a second, a minute.
    static let length = 60

    private var last: (total: Int, instant: UInt64)?
    private var rates: [Double?] = []

    /// The rates of the last looks, in events a second, the newest last; nil where nothing could be told.
    var lastRates: [Double?] {
        [Double?](repeating: nil, count: Self.length - rates.count) + rates
    }

    /// The newest.
    var rate: Double? { rates.last ?? nil }

    /// Takes note of what a counter stands at; `instant` is in nanoseconds and never goes back.
    ///
    /// A counter that went back began anew: nothing can be told until the next look.
    mutating func add(_ total: Int, at instant: UInt64) {
        defer { last = (total, instant) }
        guard let last, total >= last.total, instant > last.instant else { return append(nil) }
        append(Double(total - last.total) * 1_000_000_000 / Double(instant - last.instant))
    }

    /// Takes note that nobody told what the counter stands at.
    mutating func miss() {
        last = nil
        append(nil)
    }

    private mutating func append(_ rate: Double?) {
        if rates.count == Self.length { rates.removeFirst() }
        rates.append(rate)
    }
}
