/// Durations in nanoseconds, written as seconds: decimal numbers that lose nothing.
enum DecimalSeconds {
    private static let nanosecondsInASecond: UInt64 = 1_000_000_000
    private static let digits = 9

    /// The seconds, such as `0.0025`, `300` or `1795261086.045878224`.
    static func text(_ nanoseconds: UInt64) -> String {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: nanosecondsInASecond)
        guard rest > 0 else { return String(seconds) }
        let written = String(rest)
        var fraction = String(repeating: "0", count: digits - written.utf8.count) + written
        while fraction.last == "0" { fraction.removeLast() }
        return "\(seconds).\(fraction)"
    }

    /// The nanoseconds of so many seconds; nil for what is negative, no number, or too much for 64 bits.
    static func nanoseconds(_ seconds: String) -> UInt64? {
        let parts = seconds.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first.flatMap({ UInt64($0) }) else { return nil }
        let fraction = parts.count == 2 ? parts[1].prefix(digits) : ""
        guard fraction.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        let padded = fraction + String(repeating: "0", count: digits - fraction.utf8.count)
        let (nanoseconds, overflows) = whole.multipliedReportingOverflow(by: nanosecondsInASecond)
        let (sum, carries) = nanoseconds.addingReportingOverflow(UInt64(padded) ?? 0)
        return overflows || carries ? nil : sum
    }
}
