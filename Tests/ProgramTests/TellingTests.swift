import Foundation
import ProgramTestKit
import Testing

/// What is told of events that were not delivered: to operators, to the telemetry channel, and to those who ask.
@Suite struct TellingTests {
    /// The service's own reports so far.
    private func reports(_ telltale: TelltaleProcess) throws -> [ReceivedEvent] {
        try telltale.output.map(ReceivedEvent.init(line:)).filter { $0.source == "telltale" }
    }

    @Test func aMillionEqualFaultsGiveAHandfulOfLinesAndExactCounts() throws {
        let root = try WatchedLogRoot(["--rejected-limit", "8"])
        let flood = try root.publisher("Flood")
        let perFile = 100_000
        let file = "[" + String(repeating: "5,", count: perFile - 1) + "5]"
        for number in 1...10 { try flood.publish("\(number).json", file) }
        for number in 11...210 { try flood.publish("\(number).json", "{\"Version\": }") }
        try root.publisher("Quiet").publish("1.json", EventPublisher.event("still here"))
        #expect(root.waitForEvent("still here"))
        #expect(eventually { root.claims().isEmpty })
        let report = try root.stop()
        #expect(report.handlers["Flood"]?.rejected == ["NotAnObjectError: event should be a JSON object": 10 * perFile])
        #expect(report.handlers["Flood"]?.files == 210)
        let lines = root.telltale.errors.split(separator: "\n").filter { $0.contains("Flood") }
        #expect(lines.count <= 4, "\(lines)")
        // Each was told at once, and the rest at the end: together they are all of them.
        let told = try reports(root.telltale).map(\.message).filter {
            $0.hasPrefix("Dropped events for Extension: Flood")
        }
        let counts = told.compactMap { $0.components(separatedBy: "Dropped Count: ").last.flatMap { Int($0) } }
        #expect(told.count <= 2 && counts.reduce(0, +) == 10 * perFile)
        let kept = try FileManager.default.contentsOfDirectory(atPath: root.spool + "/rejected/Flood")
        #expect(kept.count <= 400)
    }

    @Test func theCapIsReportedOnceToTheChannelAndNeverCountedAsDelivered() throws {
        let root = try WatchedLogRoot(["--cap", "2"])
        let acme = try root.publisher("Acme")
        let events = (1...5).map { EventPublisher.event("event \($0)") }
        try acme.publish("1.json", "[" + events.joined(separator: ",") + "]")
        #expect(
            eventually {
                root.telltale.output.contains {
                    $0.contains("Reached max count for the extension: Acme; Max Limit: 2.")
                }
            })
        let report = try root.stop()
        #expect(report.handlers["Acme"]?.accepted == 2 && report.handlers["Acme"]?.overCap == 3)
        let reports = try reports(root.telltale)
        #expect(
            reports.map(\.message) == ["Reached max count for the extension: Acme; Max Limit: 2. Skipping the rest."])
        let own = try #require(reports.first)
        #expect(own.eventID == 7 && own.handler == nil && own.file == nil && own.index == 0)
        #expect(own.text("EventName") == "Log" && own.text("CapabilityUsed") == "WARNING")
        let written = try String(contentsOfFile: root.scratch("report.json"), encoding: .utf8)
        #expect(written.contains("\"delivered\": {\"ndjson\": 2}"))
    }

    @Test func rejectedFilesAreListedAndShownWhileTheServiceRuns() throws {
        let root = try WatchedLogRoot()
        try root.publisher("Acme").publish("7.json", "[\(EventPublisher.event("good")),\n  {\"Version\": 1}]")
        #expect(root.waitForEvent("good"))
        let list = { try TelltaleProcess(["rejected", "--spool-dir", root.spool]) }
        #expect(
            eventually {
                guard let command = try? list(), (try? command.waitForExit()) == 0 else { return false }
                return command.output.count == 2
            })
        let line = try list()
        #expect(try line.waitForExit() == 0)
        #expect(line.output.last?.contains("  Acme       7.json  ") == true, "\(line.output)")
        #expect(line.output.last?.hasSuffix("  MissingKeyError: Message not found") == true)
        let show = try TelltaleProcess(["rejected", "show", "last", "--handler", "Acme", "--spool-dir", root.spool])
        #expect(try show.waitForExit() == 0)
        #expect(show.output.first?.hasPrefix("7.json of extension Acme, rejected at ") == true)
        #expect(show.output.suffix(2) == ["    2 |   {\"Version\": 1}]", "      |   ^"])
        let json = try TelltaleProcess(["rejected", "list", "--json", "--spool-dir", root.spool])
        #expect(try json.waitForExit() == 0)
        let record = try JSONSerialization.jsonObject(with: Data((json.output.first ?? "").utf8)) as? [String: Any]
        #expect(record?["file"] as? String == "7.json")
        let other = try TelltaleProcess(["rejected", "show", "last", "--handler", "Beta", "--spool-dir", root.spool])
        #expect(try other.waitForExit() == 66)
        let absent = try TelltaleProcess(["rejected", "--spool-dir", root.scratch("nothing")])
        #expect(try absent.waitForExit() == 66)
        #expect(absent.errors.contains("name with --spool-dir that of the service"))
    }
}
