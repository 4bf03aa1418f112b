/// An instant in one of the three forms of RFC 9110, 5.6.7, two of which only old servers write.
struct HTTPDate {
    let secondsSince1970: Int64

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`; nil for anything
    /// else.
    ///
    /// - Parameters:
    ///   - text: the date.
    ///   - now: the present time, in seconds since 1970: a year of two digits is the nearest one that is at most 50 years ahead.
    init?(_ text: String, now: Int64) {
        var reader = Reader(text: Array(text.utf8)[...])
        guard let read = reader.fixedForm() ?? reader.hyphenForm(now: now) ?? reader.unixForm() else { return nil }
        secondsSince1970 = read
    }

    /// Reads one form after the other from the start of the same text.
    private struct Reader {
        let text: ArraySlice<UInt8>
        private var rest: ArraySlice<UInt8> = []

        init(text: ArraySlice<UInt8>) {
            self.text = text
        }

        mutating func fixedForm() -> Int64? {
            rest = text
            guard name(of: HTTPDate.weekdays, length: 3) != nil, take(", "), let day = number(digits: 2), take(" "),
                let month = name(of: HTTPDate.months, length: 3), take(" "), let year = number(digits: 4), take(" "),
                let time = time(), take(" GMT"), rest.isEmpty
            else { return nil }
            return HTTPDate.seconds(year: year, month: month, day: day, time: time)
        }

        mutating func hyphenForm(now: Int64) -> Int64? {
            rest = text
            guard name(of: HTTPDate.weekdays, length: nil) != nil, take(", "), let day = number(digits: 2), take("-"),
                let month = name(of: HTTPDate.months, length: 3), take("-"), let year = number(digits: 2), take(" "),
                let time = time(), take(" GMT"), rest.isEmpty
            else { return nil }
            // The average year is near enough to choose a century by.
            let latest = 1970 + now / 31_556_952 + 50
            let century = (latest - year) / 100 * 100
            return HTTPDate.seconds(year: century + year, month: month, day: day, time: time)
        }

        mutating func unixForm() -> Int64? {
            rest = text
            guard name(of: HTTPDate.weekdays, length: 3) != nil, take(" "),
                let month = name(of: HTTPDate.months, length: 3), take(" "),
                let day = take(" ") ? number(digits: 1) : number(digits: 2), take(" "), let time = time(), take(" "),
                let year = number(digits: 4), rest.isEmpty
            else { return nil }
            return HTTPDate.seconds(year: year, month: month, day: day, time: time)
        }

        /// The second of the day.
        private mutating func time() -> Int64? {
            guard let hour = number(digits: 2), take(":"), let minute = number(digits: 2), take(":"),
                let second = number(digits: 2), hour < 24, minute < 60, second <= 60
            else { return nil }
            return (hour * 60 + minute) * 60 + second
        }

        private mutating func take(_ literal: StaticString) -> Bool {
            let isThere = literal.withUTF8Buffer { rest.starts(with: $0) }
            if isThere { rest = rest.dropFirst(literal.utf8CodeUnitCount) }
            return isThere
        }

        private mutating func number(digits: Int) -> Int64? {
            let field = rest.prefix(digits)
            guard field.count == digits, field.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(digits)
            return field.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }

        /// The place of a name, of which the first `length` letters stand there; nil is all of them.
        private mutating func name(of names: [String], length: Int?) -> Int64? {
            for (place, name) in names.enumerated() {
                let written = Array(name.utf8.prefix(length ?? .max))
                guard rest.starts(with: written) else { continue }
                rest = rest.dropFirst(written.count)
                return Int64(place)
            }
            return nil
        }
    }

    private static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// Counts from 1970; nil for a day that the month does not have.
    ///
    /// `month` is 0 for January.
    private static func seconds(year: Int64, month: Int64, day: Int64, time: Int64) -> Int64? {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day >= 1, day <= lengths[Int(month)] else { return nil }
        // The leap days of the years before this one, counted from the year 1.
        let past = year - 1
        let days = past * 365 + past / 4 - past / 100 + past / 400 + lengths[..<Int(month)].reduce(0, +) + day - 1
        // From 1 January of the year 1 to 1 January 1970.
        return (days - 719_162) * 86_400 + time
    }
}
