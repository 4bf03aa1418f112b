/// Reads a point in time as publishers write it: `2023-11-14T22:13:20.5+01:00`.
///
/// ISO 8601 in its extended form: date and time, with `T` or a space between them; seconds with a fraction of any length
/// may follow hours and minutes; the offset from UTC is `Z`, `±hh:mm`, `±hhmm` or `±hh`, and without one it is UTC.
package enum ISO8601Time {
    /// The nanoseconds since 1970 (UTC); nil for what is no such time, lies before 1970 or is too late for them.
    ///
    /// What is below a nanosecond is cut off. A leap second counts as the first second of the next minute, as POSIX has it.
    package static func nanoseconds(_ text: UTF8Text) -> UInt64? {
        text.bytes.withUnsafeBytes { bytes in
            var reader = Reader(rest: bytes[...])
            guard let time = reader.time(), reader.rest.isEmpty else { return nil }
            return time
        }
    }

    /// Takes the parts of a time from the front.
    private struct Reader {
        var rest: Slice<UnsafeRawBufferPointer>

        mutating func time() -> UInt64? {
            guard let days = days(), take(either: "T", or: "t") || take(" "),
                let hour = number(digits: 2), hour < 24, take(":"), let minute = number(digits: 2), minute < 60
            else { return nil }
            var second: Int64 = 0
            var fraction: Int64? = 0
            if take(":") {
                guard let written = number(digits: 2), written <= 60 else { return nil }
                second = written
                fraction = nanosecondsOfFraction()
            }
            guard let fraction, let offset = offset() else { return nil }
            // A year has four digits, so that seconds are far from overflowing.
            let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
            guard seconds >= 0 else { return nil }
            let (nanoseconds, overflows) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
            let (sum, carries) = nanoseconds.addingReportingOverflow(UInt64(fraction))
            return overflows || carries ? nil : sum
        }

        /// A date of the Gregorian calendar, which holds for all years, as days since 1970.
        private mutating func days() -> Int64? {
            guard let year = number(digits: 4), take("-"), let month = number(digits: 2), (1...12).contains(month),
                take("-"), let day = number(digits: 2), day >= 1, day <= Self.length(ofMonth: month, year: year)
            else { return nil }
            return EventTime.daysSince1970(year: year, month: month, day: day)
        }

        /// Zero where there is none; nil for a mark without digits.
        private mutating func nanosecondsOfFraction() -> Int64? {
            guard take(either: ".", or: ",") else { return 0 }
            guard let first = rest.first, isDigit(first) else { return nil }
            var nanoseconds: Int64 = 0
            var weight: Int64 = 100_000_000
            while let byte = rest.first, isDigit(byte) {
                nanoseconds += Int64(byte - UInt8(ascii: "0")) * weight
                weight /= 10
                rest.removeFirst()
            }
            return nanoseconds
        }

        /// How far the time is ahead of UTC, in seconds.
        private mutating func offset() -> Int64? {
            if rest.isEmpty || take(either: "Z", or: "z") { return 0 }
            let sign: Int64
            if take("+") {
                sign = 1
            } else if take("-") {
                sign = -1
            } else {
                return nil
            }
            guard let hours = number(digits: 2), hours < 24 else { return nil }
            if rest.isEmpty { return sign * hours * 3600 }
            _ = take(":")
            guard let minutes = number(digits: 2), minutes < 60 else { return nil }
            return sign * (hours * 3600 + minutes * 60)
        }

        private mutating func number(digits: Int) -> Int64? {
            guard rest.count >= digits else { return nil }
            var number: Int64 = 0
            for byte in rest.prefix(digits) {
                guard isDigit(byte) else { return nil }
                number = number * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            rest.removeFirst(digits)
            return number
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        private mutating func take(either one: Unicode.Scalar, or other: Unicode.Scalar) -> Bool {
            take(one) || take(other)
        }

        private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

        private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
            switch month {
            case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
            case 4, 6, 9, 11: 30
            default: 31
            }
        }
    }
}
