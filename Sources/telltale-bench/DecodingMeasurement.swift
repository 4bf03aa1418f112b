internal import FoundationEssentials
internal import SystemCalls
internal import TelemetryEvents

/// Decoding and validating small files that lie in memory, beside Foundation's decoder over the same bytes.
struct DecodingMeasurement {
    let rounds: Int

    private static let files = 1500
    /// In MB/s.
    private static let speedBar = 300.0
    /// The validator is to be so many times as fast as Foundation's decoder.
    private static let ratioBar = 3.0

    /// An event as a program with nothing but Foundation would take it.
    private struct PlainEvent: Decodable {
        let version, timestamp, taskName, eventLevel, message, eventPid, eventTid, operationId: String

        private enum CodingKeys: String, CodingKey {
            case version = "Version"
            case timestamp = "Timestamp"
            case taskName = "TaskName"
            case eventLevel = "EventLevel"
            case message = "Message"
            case eventPid = "EventPid"
            case eventTid = "EventTid"
            case operationId = "OperationId"
        }
    }

    func measure(into results: inout Results) throws {
        let files = (0..<Self.files).map(Self.file)
        let events = (0..<Self.files).reduce(0) { $0 + Self.events(of: $1) }
        let megabytes = Double(files.reduce(0) { $0 + $1.count }) / 1_000_000
        var (ours, foundations): ([Double], [Double]) = ([], [])
        // In turn, so that what else the machine does falls on both.
        for _ in 0..<max(rounds, 15) {
            ours.append(try megabytes / Self.seconds { try Self.validate(files, expecting: events) })
            foundations.append(try megabytes / Self.seconds { try Self.decodeWithFoundation(files, expecting: events) })
        }
        results.keep(ours, as: "decoding.validator")
        results.keep(foundations, as: "decoding.foundation")
        let (speed, foundation) = (Figures(ours).median, Figures(foundations).median)
        let what =
            "decode and validate \(FigureText.decimal(megabytes, 1)) MB in \(files.count) files, \(events) events"
        results.add(what, of: speed, atLeast: Self.speedBar) { FigureText.decimal($0, 0) + " MB/s" }
        results.add(
            "the same, beside JSONDecoder", of: speed / foundation, atLeast: Self.ratioBar,
            note: " (JSONDecoder \(FigureText.decimal(foundation, 0)) MB/s)"
        ) { FigureText.decimal($0, 1) + " ×" }
    }

    private static func events(of file: Int) -> Int { 1 + file % 14 }

    /// Every event has something that a plain copy of its message's bytes would not do for.
    private static func file(_ number: Int) -> [UInt8] {
        let endings = [#" It said \"no\".\n"#, " Zürich → 東京 🚀", " https://host/path?comp=list&sv=1&sig=abc", " Why?"]
        let message = EventText.message(ofBytes: 300 + number % 97)
        let list = (0..<events(of: number)).map { EventText.event(message: message + endings[$0 % endings.count]) }
        return Array((list.count == 1 ? list[0] : "[" + list.joined(separator: ",") + "]").utf8)
    }

    /// The processor's time that the work takes.
    private static func seconds(_ work: () throws -> Void) rethrows -> Double {
        let start = Kernel.processorNanoseconds()
        try work()
        return Double(Kernel.processorNanoseconds() - start) / 1_000_000_000
    }

    private static func validate(_ files: [[UInt8]], expecting expected: Int) throws {
        let common = CommonParameters(leading: [], collector: [], trailing: [])
        let validator = EventValidator()
        var accepted = 0
        for (number, bytes) in files.enumerated() {
            let file = EventFile(
                claim: ClaimID(time: UInt64(number), counter: 0), source: .handler("Bench.Extension"), name: "1.json",
                modified: 0, common: common)
            accepted += try bytes.withUnsafeBytes { try validator.validate($0, of: file) }.events.count
        }
        guard accepted == expected else { throw BenchFailure("\(accepted) of \(expected) events were accepted") }
    }

    private static func decodeWithFoundation(_ files: [[UInt8]], expecting expected: Int) throws {
        let decoder = JSONDecoder()
        var decoded = 0
        for bytes in files {
            let data = Data(bytes)
            if bytes.first == UInt8(ascii: "[") {
                decoded += try decoder.decode([PlainEvent].self, from: data).count
            } else {
                _ = try decoder.decode(PlainEvent.self, from: data)
                decoded += 1
            }
        }
        guard decoded == expected else { throw BenchFailure("JSONDecoder decoded \(decoded) of \(expected) events") }
    }
}
