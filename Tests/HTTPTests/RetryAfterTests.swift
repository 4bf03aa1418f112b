import HTTP
import Testing

@Suite struct RetryAfterTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    private static let example: Int64 = 784_111_777

    @Test(arguments: [
        ("0", 0), ("120", 120), ("007", 7), ("31622400", 31_622_400), ("31622401", 31_622_400),
        ("99999999999999999999999999999999", 31_622_400), ("-5", 0), ("-99999999999999999999999999", 0),
    ])
    func aNumberIsSeconds(text: String, seconds: Int64) {
        #expect(RetryAfter.delay(text, now: Self.example) == .seconds(seconds))
    }

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func aDateOfEachFormIsTheTimeUntilThen(text: String) {
        #expect(RetryAfter.delay(text, now: Self.example - 90) == .seconds(90))
        #expect(RetryAfter.delay(text, now: Self.example) == .zero)
        #expect(RetryAfter.delay(text, now: Self.example + 90) == .zero)
    }

    @Test(arguments: [
        // Seconds as date(1) tells them, beside the dates.
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 23:59:60 GMT", 1_709_251_200),
        ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800), ("Tue, 31 Dec 2030 12:00:00 GMT", 1_924_948_800),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799), ("Thu Jan 12 00:00:01 2034", 2_020_636_801),
    ])
    func datesAreCountedAsTheCalendarHasThem(text: String, seconds: Int64) {
        #expect(RetryAfter.delay(text, now: seconds - 7) == .seconds(7))
    }

    @Test func aYearOfTwoDigitsIsAtMostFiftyYearsAhead() {
        // In 2025 the year 75 is to come, and 76 is past.
        let year2025: Int64 = 1_750_000_000
        #expect(RetryAfter.delay("Tuesday, 01-Jan-75 00:00:00 GMT", now: year2025) == .seconds(31_622_400))
        #expect(RetryAfter.delay("Thursday, 01-Jan-76 00:00:00 GMT", now: year2025) == .zero)
        #expect(RetryAfter.delay("Sunday, 15-Jun-25 15:06:41 GMT", now: year2025) == .seconds(1))
    }

    @Test(arguments: [Int64.min, -1, 0, .max])
    func noTimeOverflows(now: Int64) {
        let delay = RetryAfter.delay("Sun, 06 Nov 1994 08:49:37 GMT", now: now)
        #expect(delay == (now > 0 ? .zero : .seconds(31_622_400)))
        #expect(RetryAfter.delay("Sunday, 06-Nov-94 08:49:37 GMT", now: now) != nil)
    }

    @Test(arguments: [
        "", " ", "-", "soon", "1.5", "+5", "5 s", "1e3", "١٢", "5,6", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 2023 00:00:00 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Son, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Okt 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT+1", "06 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994", "2024-01-01T00:00:00Z", "Sun, -6 Nov 1994 08:49:37 GMT",
    ])
    func nonsenseIsNone(text: String) {
        #expect(RetryAfter.delay(text, now: Self.example) == nil)
    }

    @Test func theFieldOfAnAnswerIsFoundWhateverItsCase() {
        #expect(HTTPAnswer(status: 503).retryAfter(now: 0) == nil)
        #expect(HTTPAnswer(status: 503, headers: [HTTPHeader("retry-after", "9")]).retryAfter(now: 0) == .seconds(9))
    }
}
