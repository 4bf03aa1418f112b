internal import Foundation
import ProgramTestKit
import TelemetryEvents
import Testing

@Suite struct ISO8601TimeTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01 00:00", 0),
            ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000),
            ("2023-11-14t22:13:20z", 1_700_000_000_000_000_000),
            ("2023-11-14 22:13:20", 1_700_000_000_000_000_000),
            ("2023-11-14T22:13", 1_699_999_980_000_000_000),
            ("2023-11-14T22:13Z", 1_699_999_980_000_000_000),
            ("2023-11-14T23:43:20+01:30", 1_700_000_000_000_000_000),
            ("2023-11-14T23:43:20+0130", 1_700_000_000_000_000_000),
            ("2023-11-14T10:13:20-12", 1_700_000_000_000_000_000),
            ("2023-11-14T23:13+01", 1_699_999_980_000_000_000),
            ("2023-11-14T22:13:20-00:00", 1_700_000_000_000_000_000),
            ("2023-11-14T22:13:20.5", 1_700_000_000_500_000_000),
            ("2023-11-14T22:13:20,5Z", 1_700_000_000_500_000_000),
            ("2023-11-14T22:13:20.000000001Z", 1_700_000_000_000_000_001),
            ("2023-11-14T22:13:20.1234567899999999999999999999999+00", 1_700_000_000_123_456_789),
            ("2016-12-31T23:59:59Z", 1_483_228_799_000_000_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
            ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
            ("1970-01-01T01:00:00+01:00", 0),
            ("2554-07-21T23:34:33.709551615Z", UInt64.max),
        ] as [(UTF8Text, UInt64)])
    func aTimeIsReadInEachOfItsForms(text: UTF8Text, nanoseconds: UInt64) {
        #expect(ISO8601Time.nanoseconds(text) == nanoseconds)
    }

    @Test(
        arguments: [
            "", "now", "2023-11-14", "2023-11-14T", "2023-11-14T22", "2023-11-14T22:1", "2023-11-14T22:13:",
            "2023-11-14T22:13:2", "2023-11-14T22:13:20.", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20 Z",
            "2023-11-14T22:13:20ZZ", "2023-11-14T22:13:20Z ", " 2023-11-14T22:13:20Z", "2023-11-14_22:13:20",
            "2023-11-14T22:13:20+1", "2023-11-14T22:13:20+01:", "2023-11-14T22:13:20+01:3", "2023-11-14T22:13:20+24:00",
            "2023-11-14T22:13:20+01:60", "2023-11-14T22:13:20+01:30:00", "2023-11-14T24:00:00", "2023-11-14T22:60:00",
            "2023-11-14T22:13:61", "2023-00-14T22:13", "2023-13-14T22:13", "2023-11-00T22:13", "2023-11-31T22:13",
            "2023-02-29T22:13", "1900-02-29T22:13", "2100-02-29T22:13", "23-11-14T22:13", "02023-11-14T22:13",
            "20231114T221320Z", "2023-11-14T22:13:20.5.5", "２０２３-11-14T22:13", "-2023-11-14T22:13",
            // Before 1970, and later than nanoseconds in 64 bits reach.
            "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00+00:01", "0000-01-01T00:00",
            "2554-07-21T23:34:33.709551616Z",
            "9999-12-31T23:59:60Z",
        ] as [UTF8Text])
    func whatIsNoTimeInItsRangeIsNone(text: UTF8Text) {
        #expect(ISO8601Time.nanoseconds(text) == nil)
    }

    @Test(.enabled(if: PythonModel.isAvailable, "python3 3.11 or later is not installed"))
    func timesAgreeWithPythonsDatetime() throws {
        var random = RepeatableRandom(seed: 8601)
        let texts = (0..<3000).map { _ in Self.text(&random) }
        let script = """
            import sys
            from datetime import datetime, timedelta, timezone
            for text in sys.argv[1:]:
                try:
                    time = datetime.fromisoformat(text)
                except ValueError:
                    print("none")
                    continue
                time = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
                print((time - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1))
            """
        let answer = try OtherCommand.run(["python3", "-c", script] + texts)
        try #require(answer.exit == 0, "\(answer.output)")
        let theirs = answer.output.split(separator: "\n")
        try #require(theirs.count == texts.count)
        var read = 0
        for (text, microseconds) in zip(texts, theirs) {
            let nanoseconds = ISO8601Time.nanoseconds(UTF8Text(text))
            // No UInt64 for a time before 1970.
            let expected = UInt64(microseconds).flatMap { $0 > UInt64.max / 1000 - 1 ? nil : $0 }
            #expect(nanoseconds.map { $0 / 1000 } == expected, "\(text)")
            if nanoseconds != nil { read += 1 }
        }
        #expect(read > texts.count / 4, "too few of the texts are times")
    }

    /// A time in a random form; now and then a part of it is out of range.
    private static func text(_ random: inout RepeatableRandom) -> String {
        func digits(_ range: ClosedRange<Int>, _ count: Int = 2) -> String {
            let number = String(Int.random(in: range, using: &random))
            return String(repeating: "0", count: max(0, count - number.count)) + number
        }
        func one(of choices: String...) -> String { choices.randomElement(using: &random) ?? "" }
        let isOdd = Int.random(in: 0..<20, using: &random) == 0
        let year = one(of: digits(1960...2040, 4), digits(1...9999, 4), digits(2550...2560, 4))
        let date = "\(year)-\(digits(1...(isOdd ? 13 : 12)))-\(digits(1...(isOdd ? 32 : 29)))"
        let minutes = "\(digits(0...23)):\(digits(0...(isOdd ? 61 : 59)))"
        let fraction = String(digits(0...999_999_999_999, 12).prefix(Int.random(in: 1...12, using: &random)))
        let seconds = one(of: "", ":\(digits(0...59))", ":\(digits(0...59)).\(fraction)")
        let hours = digits(0...23)
        let sign = one(of: "+", "-")
        let offset = one(
            of: "", "Z", "\(sign)\(hours):\(digits(0...59))", "\(sign)\(hours)\(digits(0...59))", "\(sign)\(hours)")
        return date + one(of: "T", " ") + minutes + seconds + offset
    }
}
