internal import TelemetryEvents

/// Redacting a text of nothing but beginnings of URLs: twice the text must take twice the time.
struct RedactionMeasurement {
    let rounds: Int

    private static let unit = "https://?"
    /// In bytes; the file around the text is what is left of 4 MiB.
    private static let size = 4_194_304 - 1024
    /// The time for all of the text over that for half of it.
    private static let bar = 2.2

    /// Virtual machines often have no counter of instructions, so it is the processor's time, the median of many pairs.
    func measure(into results: inout Results) throws {
        let (half, whole) = (file(of: Self.size / 2), file(of: Self.size))
        var times: [(half: Double, whole: Double)] = []
        for _ in 0..<max(rounds, 51) { times.append((try seconds(half), try seconds(whole))) }
        results.keep(times.map(\.half), as: "redaction.2-mebibytes")
        results.keep(times.map(\.whole), as: "redaction.4-mebibytes")
        let ratio = Figures(times.map { $0.whole / $0.half }).median
        results.add(
            "redaction, 4 MiB of `\(Self.unit)` over 2 MiB, processor time", of: ratio, atMost: Self.bar,
            note: " (4 MiB: \(FigureText.time(Figures(times.map(\.whole)).median)))"
        ) { FigureText.decimal($0, 2) + " ×" }
    }

    private func file(of size: Int) -> [UInt8] {
        let text = String(repeating: Self.unit, count: size / Self.unit.utf8.count)
        return Array(EventText.event(message: text).utf8)
    }

    /// The processor's time for validating an event file whose message is the text.
    private func seconds(_ bytes: [UInt8]) throws -> Double {
        let file = EventFile(
            claim: ClaimID(time: 1, counter: 0), source: .handler("Bench.Extension"), name: "1.json", modified: 0,
            common: CommonParameters(leading: [], collector: [], trailing: []))
        let start = Kernel.processorNanoseconds()
        let validated = try bytes.withUnsafeBytes { try EventValidator().validate($0, of: file) }
        let time = Kernel.processorNanoseconds() - start
        guard validated.events.count == 1 else { throw BenchFailure("the event to be redacted was not accepted") }
        return Double(time) / 1_000_000_000
    }
}
