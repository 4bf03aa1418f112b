import Foundation
import ProgramTestKit
import Testing

/// Many faults at once, of many extensions: a bounded number of entries, and exact counts in them.
@Suite(
    .enabled("needs root, systemd and namespaces; Tests/SystemdBox/boot says which of them is missing") {
        try SystemdBox.isPossible()
    })
struct BoundedEntriesTests {
    /// Entries of one kind in one period, the one that stands for the others among them, and as many at the end.
    private static let perKind = 101

    /// The counts in entries of one kind.
    private func sum(_ kind: String, in entries: [[String: String]]) -> Int {
        entries.filter { $0["TELLTALE_NOTICE"] == kind }.reduce(0) { $0 + (Int($1["TELLTALE_COUNT"] ?? "0") ?? 0) }
    }

    @Test func manyFaultsOfManyExtensionsGiveABoundedNumberOfEntriesWithExactCounts() throws {
        let box = try SystemdBox()
        let report = box.directory("report.json")
        let service = try BoxedService(
            "faulty", in: box,
            options: [
                "--cap", "2", "--report", report, "--sink", "otlp", "--otlp-endpoint", "http://127.0.0.1:9",
                "--residue-age", "1", "--period", "3600",
            ])
        let handlers = 400
        var publishers: [EventPublisher] = []
        for number in 0..<handlers {
            publishers.append(try EventPublisher(root: service.logRoot, handler: "Test.Faulty\(number)"))
        }
        // Directories that nobody may be sent to: links in the place of handlers, and a file in that of `events`.
        for number in 0..<300 {
            try FileManager.default.createSymbolicLink(
                atPath: "\(service.logRoot)/Test.Link\(number)", withDestinationPath: "/etc")
            try FileManager.default.createDirectory(
                atPath: "\(service.logRoot)/Test.File\(number)", withIntermediateDirectories: false)
            try "".write(toFile: "\(service.logRoot)/Test.File\(number)/events", atomically: false, encoding: .utf8)
        }
        try service.start()
        let good = EventPublisher.event("good")
        for round in 1...5 {
            for publisher in publishers {
                try publisher.publish("\(round).json", "[\(good), \(EventPublisher.event("")), 5]")
                try publisher.publish("\(round)0.json", "{\"Version\": }")
                try publisher.publish("\(round)00.json", "[" + String(repeating: " ", count: 1000) + "\u{1}]")
            }
        }
        for publisher in publishers {
            try FileManager.default.createSymbolicLink(
                atPath: "\(publisher.directory)/77.json", withDestinationPath: "/etc/shadow")
        }
        let rejected = handlers * 5 * 2 + handlers * 5 * 2 + handlers
        #expect(
            try eventually {
                try service.property("StatusText").contains(
                    "accepted \(handlers * 2) events, rejected \(rejected), over the cap \(handlers * 3)")
            })
        try service.stop()

        let entries = try service.entries().filter { $0["TELLTALE_NOTICE"] != nil }
        let kinds = Dictionary(grouping: entries) { $0["TELLTALE_NOTICE"] ?? "" }
        for (kind, ofIt) in kinds { #expect(ofIt.count <= 2 * Self.perKind, "\(kind): \(ofIt.count)") }
        #expect(sum("collected", in: entries) == handlers * 2)
        #expect(sum("eventsRejected", in: entries) == handlers * 5 * 2)
        #expect(sum("capReached", in: entries) == handlers * 3)
        #expect(sum("fileRejected", in: entries) == handlers * 5 * 2)
        #expect(sum("notARegularFile", in: entries) == handlers)
        #expect(kinds["sinkFailing"]?.count == 1)
        let written = try Data(contentsOf: URL(fileURLWithPath: report))
        let told = try #require(try JSONSerialization.jsonObject(with: written) as? [String: Any])
        #expect((told["handlers"] as? [String: Any])?.count == handlers)
        #expect(sum("residueRemoved", in: entries) == told["residueRemoved"] as? Int)
    }
}
