/// How long a server asks to be left alone: the field `Retry-After` (RFC 9110, 10.2.3) in both its forms.
package enum RetryAfter {
    /// The longest delay that is told, in seconds: a year.
    ///
    /// A server that asks for more means as much.
    private static let longest: Int64 = 366 * 86_400

    /// Reads a value of the field; nil for what is neither a number of seconds nor a date.
    ///
    /// - Parameters:
    ///   - text: the value without blanks at its ends.
    ///   - now: the present time, in seconds since 1970 (UTC).
    /// - Returns: zero for a negative number, and for a date that is past.
    package static func delay(_ text: String, now: Int64) -> Duration? {
        if let seconds = seconds(Array(text.utf8)[...]) { return .seconds(seconds) }
        // Far beyond every date that can be written, so that the difference stays in range.
        let now = min(max(now, -(1 << 40)), 1 << 40)
        return HTTPDate(text, now: now).map { .seconds(min(max($0.secondsSince1970 - now, 0), longest)) }
    }

    private static func seconds(_ text: ArraySlice<UInt8>) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        if isNegative { return 0 }
        return digits.reduce(0) { min($0 * 10 + Int64($1 - 0x30), longest) }
    }
}

extension HTTPAnswer {
    /// How long the server asks to be left alone.
    ///
    /// - Parameter now: the present time, in seconds since 1970 (UTC).
    /// - Returns: nil when it does not ask, or asks nonsense.
    package func retryAfter(now: Int64) -> Duration? {
        self["Retry-After"].flatMap { RetryAfter.delay($0, now: now) }
    }
}
