import ProgramTestKit
import SystemCalls
import SystemPackage
import Systemd
import Testing

@testable import Delivery
@testable import TelemetryEvents

@Suite struct JournalSinkTests {
    private func fields(_ event: TelemetryEvent) -> [String] {
        var entry = JournalEntry()
        JournalFields.fill(&entry, with: event)
        return entry.fields.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func anExtensionEventHasTheContractsFields() {
        #expect(
            fields(SampleEvents.extensionEvent(message: "a\nb\u{0}c", level: "Error", index: 2)) == [
                "MESSAGE=a\nb\u{0}c", "PRIORITY=3", "TELLTALE_SOURCE=extension", "TELLTALE_HANDLER=Fixture.Ext.Alpha",
                "TELLTALE_VERSION=1.2.3", "TELLTALE_TASK=Enable", "TELLTALE_OPERATION_ID=op-1",
                "TELLTALE_EVENT_PID=11", "TELLTALE_EVENT_TID=22", "TELLTALE_TIMESTAMP=2020-06-11T18:50:51Z",
                "SYSLOG_IDENTIFIER=telltale", "TELLTALE_EVENT_ID=0000000000001234-0007-2",
                "TELLTALE_FILE=1591905451.json",
            ])
    }

    @Test(arguments: [
        ("Critical", "2"), ("Error", "3"), ("Warning", "4"), ("Informational", "6"), ("LogAlways", "6"),
        ("Verbose", "7"), ("warning", "4"), ("Nonsense", "6"), ("", "6"),
    ])
    func theLevelGivesThePriority(level: String, priority: String) {
        #expect(fields(SampleEvents.extensionEvent(level: level)).contains("PRIORITY=\(priority)"))
    }

    @Test func anAgentEventHasItsMessageAndAllItsParameters() {
        let event = SampleEvents.agentEvent([
            Parameter("Name", .text("WALinuxAgent")), Parameter("Message", .text("hi")),
            Parameter("Duration", .integer("5")), Parameter("OperationSuccess", .boolean(false)),
        ])
        let fields = fields(event)
        #expect(fields.contains("MESSAGE=hi"))
        #expect(fields.contains("PRIORITY=4"))
        #expect(fields.contains("TELLTALE_SOURCE=agent"))
        #expect(
            fields.contains(
                #"TELLTALE_PARAMETERS=[{"name":"Name","value":"WALinuxAgent"},{"name":"Message","value":"hi"},"#
                    + #"{"name":"Duration","value":5},{"name":"OperationSuccess","value":false}]"#))
    }

    @Test func anAgentEventWithoutAMessageHasItsContextOrAComposedOne() {
        let context = SampleEvents.agentEvent([
            Parameter("Context1", .text("c")), Parameter("CapabilityUsed", .text("ERROR")),
        ])
        #expect(fields(context).contains("MESSAGE=c"))
        #expect(fields(context).contains("PRIORITY=3"))
        let bare = SampleEvents.agentEvent([Parameter("Name", .text("N")), Parameter("Operation", .text("O"))])
        #expect(
            fields(bare).contains("MESSAGE=N O event 1 of provider 69B669B9-4AF8-4C50-BDC4-6006FA76E975"))
    }

    @Test func anAbsentJournaldIsTriedAgain() {
        let sink = JournalSink(socket: JournalSocket(path: "/tmp/telltale-no-journald")) { _ in }
        let outcome = sink.deliver(SampleEvents.numbered(0..<2)[...])
        #expect(outcome.finished == 0)
        guard case .retry(_, let reason) = outcome.rest else {
            Issue.record("not tried again")
            return
        }
        #expect(reason.contains("journald is absent"))
    }

    @Test func ownReportsAreLeftOutWhereTheJournalHasThemAsNotices() throws {
        let directory = try ScratchDirectory()
        let journald = try NotifySocket(at: directory("journald"))
        for (ownReports, expected) in [(JournalSink.OwnReports.leftOut, 1), (.written, 2)] {
            let sent = Monitor(0)
            let sink = JournalSink(socket: JournalSocket(path: FilePath(journald.path)), ownReports: ownReports) { _ in
                sent.withLock { $0 += 1 }
            }
            let report = SampleEvents.agentEvent([], in: SampleEvents.file(nil, from: .telltale))
            #expect(sink.deliver([report, SampleEvents.extensionEvent()]).finished == 2)
            #expect(sent.withLock { $0 } == expected)
        }
    }
}
