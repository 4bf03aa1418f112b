import Foundation
import ProgramTestKit
import Testing

/// Events on their way through another project's collector: it understands what is sent, and may be away.
@Suite(
    .enabled("needs a collector: packaging/collector gets it") {
        FileManager.default.isExecutableFile(atPath: FleetCollector.program)
    },
    .enabled(if: OTLPDecoder.isAvailable, "\(OTLPDecoder.lack)"))
struct FleetCollectorTests {
    private let scratch: ScratchDirectory
    private let engine: FleetEngine
    private let port: Int

    init() throws {
        scratch = try ScratchDirectory()
        engine = try FleetEngine()
        port = try FleetEngine.freePort()
    }

    private var options: [String] {
        ["--sink", "ndjson", "--sink", "otlp", "--otlp-endpoint", "http://127.0.0.1:\(port)"]
    }

    @Test func whatTheCollectorPassesOnIsWhatWasPublished() throws {
        let collector = try FleetCollector(on: port, passingOnTo: engine, in: scratch)
        let root = try WatchedLogRoot(options)
        let publisher = try root.publisher("Test.Collector")
        let levels = [("Critical", 21), ("Error", 17), ("Warning", 13), ("Informational", 9), ("Verbose", 5)]
        let messages = ["plain", "two\nlines", "Zürich → 東京 🚀", "NUL \u{00}", String(repeating: "long ", count: 600)]
        for file in 1...10 {
            let events = zip(levels, messages).map { EventPublisher.event("\(file): \($1)", level: $0.0) }
            try publisher.publish("\(file).json", "[\(events.joined(separator: ","))]")
        }
        let count = 10 * levels.count
        #expect(root.waitForEvents(count))
        #expect(try eventually { try engine.records().count >= count })

        let records = Dictionary(grouping: try engine.records()) { $0["log.record.uid"] }
        #expect(records.count == count)
        for event in try root.telltale.events() {
            let record = try #require(records[.text(ExactText(event.id))]?.first)
            #expect(record.body == .text(ExactText(event.message)))
            #expect(record["telltale.handler"] == .text("Test.Collector"))
            #expect(record["telltale.file"] == event.file.map { .text(ExactText($0)) })
            let level = event.text("CapabilityUsed")
            #expect(record.severityNumber == levels.first { $0.0 == level }?.1)
        }
        _ = try root.stop()
        collector.stop()
    }

    @Test func aCollectorThatWasAwayMissesNothing() throws {
        let root = try WatchedLogRoot(options)
        let publisher = try root.publisher("Test.Away")
        var published: Set<DecodedLogs.Value> = []
        for outage in 1...2 {
            for file in 1...20 {
                let message = "outage \(outage), file \(file)"
                try publisher.publish("\(100 * outage + file).json", EventPublisher.event(message))
                published.insert(.text(ExactText(message)))
            }
            #expect(root.waitForEvents(published.count))
            let collector = try FleetCollector(on: port, passingOnTo: engine, in: scratch)
            #expect(try eventually { try Set(engine.records().compactMap(\.body)) == published })
            collector.stop()
        }
        let records = try engine.records()
        #expect(Set(records.map { $0["log.record.uid"] }).count == published.count)
        _ = try root.telltale.stop()
    }
}
