/// Writes a file's modification as the telemetry channel wants it: `2023-11-14T22:13:20.000001Z`.
package enum EventTime {
    /// `nanoseconds` count from 1970 (UTC); what is below a microsecond is cut towards the past.
    package static func text(nanoseconds: Int64) -> UTF8Text {
        let (seconds, nanosecond) = floored(nanoseconds, by: 1_000_000_000)
        let (days, second) = floored(seconds, by: 86_400)
        let (year, month, day) = date(daysSince1970: days)
        var text: [UInt8] = []
        text.reserveCapacity(27)
        append(year, digits: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        append(month, digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        append(day, digits: 2, to: &text)
        text.append(UInt8(ascii: "T"))
        append(second / 3600, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(second / 60 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(second % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: "."))
        append(nanosecond / 1000, digits: 6, to: &text)
        text.append(UInt8(ascii: "Z"))
        return UTF8Text(wellFormed: text[...])
    }

    /// From 1 March of the year 0 to 1 January 1970.
    private static let daysBefore1970: Int64 = 719_468

    /// The Gregorian date, by years that begin in March, so that the leap day is the last of one.
    private static func date(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let daysOf400Years: Int64 = 146_097
        let (cycle, dayOfCycle) = floored(daysSince1970 + daysBefore1970, by: daysOf400Years)
        // The leap days of the cycle that lie before this one are taken out: each 4 years, not each 100, but each 400.
        let yearOfCycle =
            (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / (daysOf400Years - 1)) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        // From March on, five months have 153 days, in the same sequence of 31 and 30.
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (400 * cycle + yearOfCycle + (month <= 2 ? 1 : 0), month, day)
    }

    /// The days from 1970 to a date of the Gregorian calendar; by years that begin in March, as above.
    static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let monthFromMarch = month <= 2 ? month + 9 : month - 3
        let leapDays =
            floored(yearFromMarch, by: 4).quotient - floored(yearFromMarch, by: 100).quotient
            + floored(yearFromMarch, by: 400).quotient
        return 365 * yearFromMarch + leapDays + (153 * monthFromMarch + 2) / 5 + day - 1 - daysBefore1970
    }

    private static func floored(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func append(_ number: Int64, digits: Int, to text: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
