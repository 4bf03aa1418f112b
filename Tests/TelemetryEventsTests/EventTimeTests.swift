import TelemetryEvents
import Testing

private func time(_ nanoseconds: Int64) throws -> String {
    let file = EventFiles.file(.handler("Acme"), modified: nanoseconds)
    let validated = try EventFiles.validate(Array(EventFiles.event().utf8), of: file)
    return try #require(validated.events.first).time.description
}

@Test(
    arguments: [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_700_000_000_000_000_000, "2023-11-14T22:13:20.000000Z"),
        (1_700_000_000_000_001_000, "2023-11-14T22:13:20.000001Z"),
        (1_700_000_000_120_000_000, "2023-11-14T22:13:20.120000Z"),
        (1_700_000_000_000_000_999, "2023-11-14T22:13:20.000000Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
        (951_868_799_999_999_999, "2000-02-29T23:59:59.999999Z"),
        (951_868_800_000_000_000, "2000-03-01T00:00:00.000000Z"),
        (4_107_542_399_000_000_000, "2100-02-28T23:59:59.000000Z"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (-1_000_000_000, "1969-12-31T23:59:59.000000Z"),
        (-2_208_988_800_000_000_000, "1900-01-01T00:00:00.000000Z"),
        (Int64.max, "2262-04-11T23:47:16.854775Z"),
        (Int64.min, "1677-09-21T00:12:43.145224Z"),
    ] as [(Int64, String)])
func theTimeOfAnEventIsThatOfItsFileInUTC(nanoseconds: Int64, expected: String) throws {
    #expect(try time(nanoseconds) == expected)
}

@Test func everyDayFollowsTheOneBefore() throws {
    var date = (year: 1887, month: 1, day: 1)
    // From 1887-01-01, over years of all four kinds.
    for day in -30_315..<60_000 {
        let text = try #require(try? time(Int64(day) * 86_400_000_000_000)).prefix(10)
        let year = date.year
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][date.month - 1]
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts == [date.year, date.month, date.day] else {
            Issue.record("day \(day): \(text)")
            return
        }
        date.day += 1
        if date.day > length { (date.month, date.day) = (date.month + 1, 1) }
        if date.month > 12 { (date.year, date.month) = (date.year + 1, 1) }
    }
}
