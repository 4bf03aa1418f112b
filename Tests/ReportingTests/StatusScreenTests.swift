import Testing

@testable import Reporting

private let second: UInt64 = 1_000_000_000

/// A screen after a look a second at a counter of accepted events.
private func screen(_ totals: [Int?]) -> StatusScreen {
    var screen = StatusScreen()
    for (look, total) in totals.enumerated() {
        guard let total else {
            screen.show(trouble: "nobody is there")
            continue
        }
        var status = sampleStatus()
        status.agent.counts.accepted = total
        screen.show(status, at: UInt64(look) * second)
    }
    return screen
}

private func row(_ name: String, of screen: StatusScreen) -> String? {
    screen.lines(columns: 200, rows: 200, style: .plain).first { $0.contains(name + " ") }
}

@Test func ratesAreThoseOfTheTimeBetweenTwoLooks() {
    var history = RateHistory()
    #expect(history.rate == nil)
    history.add(100, at: second)
    #expect(history.rate == nil)
    history.add(150, at: 3 * second)
    #expect(history.rate == 25)
    history.add(150, at: 4 * second)
    #expect(history.rate == 0)
    // It began anew, and so does the rate.
    history.add(3, at: 5 * second)
    #expect(history.rate == nil)
    history.add(5, at: 6 * second)
    #expect(history.rate == 2)
    history.miss()
    history.add(1000, at: 8 * second)
    #expect(history.rate == nil)
    // No time passed.
    history.add(1001, at: 8 * second)
    #expect(history.rate == nil)
    #expect(history.lastRates.count == RateHistory.length)
    for look in 0..<200 { history.add(2000 + look, at: UInt64(10 + look) * second) }
    #expect(history.lastRates == [Double?](repeating: 1, count: RateHistory.length))
}

@Test func aServiceThatStartedAgainHasNoRateBeforeTheSecondLook() {
    var screen = StatusScreen()
    for (look, (start, total)) in [(1, 10), (2, 900), (2, 905)].enumerated() {
        var status = sampleStatus()
        status.process.startedAt += UInt64(start)
        status.agent.counts.accepted = total
        screen.show(status, at: UInt64(look) * second)
        let shown = row("accepted", of: screen)
        if look == 1 { #expect(shown?.hasSuffix(" -") == true) }
        if look == 2 { #expect(shown?.contains(" 5.0 ") == true) }
    }
}

@Test func whatIsCutSaysSo() {
    #expect(StyledLine("12345").text(style: .plain, columns: 5) == "12345")
    #expect(StyledLine("123456").text(style: .plain, columns: 5) == "1234…")
    #expect(StyledLine("12345   ").text(style: .plain, columns: 5) == "12345")
    #expect(StyledLine("宽宽宽").text(style: .plain, columns: 4) == "宽…")
}

@Test func aSparklineIsAsHighAsItsLargestNumber() {
    #expect(Sparkline.text([]) == "")
    #expect(Sparkline.text([nil, 0, 0]) == " ▁▁")
    #expect(Sparkline.text([0, 1, 50, 100, nil]) == "▁▂▅█ ")
    #expect(Sparkline.text([0.001]) == "█")
}

@Test func aBarIsAsLongAsItsPartAndShowsAnythingAboveNothing() {
    #expect(Bar.text(0, columns: 4) == "····")
    #expect(Bar.text(0.0001, columns: 4) == "▏···")
    #expect(Bar.text(0.5, columns: 4) == "██··")
    #expect(Bar.text(0.6, columns: 4) == "██▍·")
    #expect(Bar.text(1, columns: 4) == "████")
    #expect(Bar.text(7, columns: 4) == "████")
    #expect(Bar.text(-1, columns: 4) == "····")
}

@Test func theScreenHasTheRateAndTheLastMinute() throws {
    let shown = try #require(row("accepted", of: screen([0, 10, 30, 30])))
    #expect(shown.hasSuffix("▅█▁"))
    #expect(shown.contains(" 0.0  ") || shown.contains(" 0  "))
    #expect(row("delivered, otlp", of: screen([0, 1])) != nil)
}

@Test func whatWasSaidLastStaysWhileNobodyAnswersAndTheRateGoesOnLater() {
    let away = screen([0, 10, nil])
    let lines = away.lines(columns: 200, rows: 200, style: .plain)
    #expect(lines.first == "Telltale does not answer: nobody is there")
    #expect(lines.contains("What it said last, at 2026-11-21 12:00:00 UTC:"))
    let back = screen([0, 10, nil, 50, 60])
    #expect(back.lines(columns: 200, rows: 200, style: .plain).first?.hasPrefix("Telltale 0.1.0") == true)
    #expect(row("accepted", of: back)?.hasSuffix("█  █") == true)
    #expect(screen([nil]).lines(columns: 80, rows: 24, style: .plain).count == 2)
}

@Test(arguments: [1, 2, 10, 40, 79, 80, 500], [0, 1, 2, 24, 100])
func aFrameNeverExceedsTheTerminal(columns: Int, rows: Int) {
    var screen = StatusScreen()
    var status = sampleStatus()
    for name in strangeHandlers { status.extensions.append(.init(handler: name + String(repeating: "宽", count: 100))) }
    status.sinks[1].reason = String(repeating: "long ", count: 100)
    screen.show(status, at: second)
    for trouble in [nil, String(repeating: "away ", count: 50)] {
        if let trouble { screen.show(trouble: trouble) }
        let lines = screen.lines(columns: columns, rows: rows, style: .plain)
        #expect(lines.count <= rows)
        for line in lines { #expect(StyledLine(line).width <= columns) }
        // Colours take no columns.
        let coloured = screen.lines(columns: columns, rows: rows, style: .coloured)
        #expect(coloured.map(withoutColours) == lines)
    }
}

private func withoutColours(_ line: String) -> String {
    var plain = ""
    var isInside = false
    for scalar in line.unicodeScalars {
        if scalar == "\u{1B}" { isInside = true }
        if !isInside { plain.unicodeScalars.append(scalar) }
        if scalar == "m" { isInside = false }
    }
    return plain
}

@Test(arguments: [
    (0, "0 ms"), (120_000, "0.12 ms"), (5_400_000, "5.4 ms"), (123_000_000, "123 ms"), (1_200_000_000, "1.2 s"),
    (42_000_000_000, "42 s"), (250_000_000_000, "4 min 10 s"), (240_000_000_000, "4 min"),
    (11_520_000_000_000, "3 h 12 min"), (604_800_000_000_000, "7 d"), (90_000_000_000_000, "1 d 1 h"),
])
func durationsAreShownByTwoFiguresOrTwoUnits(nanoseconds: UInt64, shown: String) {
    #expect("\(ShownDuration(nanoseconds))" == shown)
}

@Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1 kB"), (3000, "2.9 kB"), (1_048_575, "1 MB"), (256 << 20, "256 MB"),
    (3 << 30, "3 GB"), (Int.max, "8388608 TB"),
])
func bytesAreShownByThePowersThatTheSettingsCountBy(bytes: Int, shown: String) {
    #expect("\(ShownBytes(bytes))" == shown)
}
