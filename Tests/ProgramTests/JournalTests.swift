import Foundation
import ProgramTestKit
import Testing

/// The program under a real systemd, delivering into a real journald.
///
/// One box serves all; a test may stop its journald, so they take turns.
@Suite(
    .serialized,
    .enabled("needs root, systemd and namespaces; Tests/SystemdBox/boot says which of them is missing") {
        try SystemdBox.isPossible()
    },
    SystemdBoxTrait())
struct JournalTests {
    private let box: SystemdBox

    init() throws {
        box = try #require(SystemdBoxTrait.box)
    }

    /// Waits until it answered the watchdog some times more, as it does twice in the watchdog's limit.
    private func answersTheWatchdog(_ service: BoxedService) throws -> Bool {
        var answers: Set<String> = []
        return try eventually {
            answers.insert(try service.property("WatchdogTimestampMonotonic"))
            return answers.count > 4
        }
    }

    @Test func isActiveOnlyOnceItIsReady() throws {
        let gate = box.directory("gate")
        try #require(mkfifo(gate, 0o600) == 0)
        let service = try BoxedService("ready", in: box, before: "read line < \(gate)")
        try box.run("systemctl", "start", "--no-block", service.name)
        #expect(try eventually { try service.property("SubState") == "start" })
        #expect(try service.property("ActiveState") == "activating")
        try "open\n".write(toFile: gate, atomically: false, encoding: .utf8)
        #expect(try eventually { try service.property("ActiveState") == "active" })
        try service.stop()
        #expect(try service.property("Result") == "success")
    }

    @Test func anEventIsAnEntryWithEveryField() throws {
        let service = try BoxedService("fields", in: box)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Fields")
        try service.start()
        try publisher.publish(
            "17.json",
            """
            {"Version":"2.3.4","Timestamp":"2026-01-02T03:04:05.678901Z","TaskName":"a task","EventLevel":"Warning",
            "Message":"two\\nlines, é","EventPid":"4711","EventTid":12,"OperationId":"an operation"}
            """)
        #expect(try eventually { try service.events().count == 1 })
        let entry = try #require(try service.events().first)
        let expected = [
            "MESSAGE": "two\nlines, é", "PRIORITY": "4", "SYSLOG_IDENTIFIER": "telltale",
            "TELLTALE_HANDLER": "Test.Fields", "TELLTALE_VERSION": "2.3.4", "TELLTALE_TASK": "a task",
            "TELLTALE_OPERATION_ID": "an operation", "TELLTALE_EVENT_PID": "4711", "TELLTALE_EVENT_TID": "12",
            "TELLTALE_TIMESTAMP": "2026-01-02T03:04:05.678901Z", "TELLTALE_FILE": "17.json",
        ]
        #expect(entry.filter { expected[$0.key] != nil } == expected)
        #expect(try entry["TELLTALE_EVENT_ID"]?.wholeMatch(of: Regex("[0-9a-f]{16}-[0-9a-f]{4}[-./:][0-9]+")) != nil)
        try service.stop()
        #expect(try FileManager.default.contentsOfDirectory(atPath: publisher.directory) == [])
    }

    @Test func theLevelIsThePriority() throws {
        let service = try BoxedService("levels", in: box)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Levels")
        try service.start()
        let levels = ["Critical", "Error", "Warning", "Informational", "LogAlways", "Verbose"]
        let events = levels.map { EventPublisher.event($0, level: $0) }
        try publisher.publish("1.json", "[\(events.joined(separator: ","))]")
        #expect(try eventually { try service.events().count == levels.count })
        #expect(try service.events().map { $0["MESSAGE"] } == levels)
        #expect(try service.events().map { $0["PRIORITY"] } == ["2", "3", "4", "6", "6", "7"])
        try service.stop()
    }

    @Test func itsOwnEntriesBearTheirMessageID() throws {
        let service = try BoxedService("notices", in: box)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Notices")
        try service.start()
        try publisher.publish("1.json", EventPublisher.event(""))
        let started = "0aa58fc58b5ea9c3b4e3f1632976407e"
        let eventsRejected = "ec395213bee093581fa755b18f2862e5"
        let stopping = "5f9e53c1a9f8c97bb26fe37daff87fd8"
        #expect(try eventually { try service.entries().contains { $0["MESSAGE_ID"] == eventsRejected } })
        try service.stop()
        let told = try service.entries().filter { $0["SYSLOG_IDENTIFIER"] == "telltale" }
        #expect(told.map { $0["MESSAGE_ID"] } == [started, eventsRejected, stopping])
        let rejection = try #require(told.first { $0["MESSAGE_ID"] == eventsRejected })
        #expect(rejection["PRIORITY"] == "4")
        #expect(rejection["MESSAGE"]?.contains("Test.Notices") == true)
        #expect(rejection["MESSAGE"]?.contains("EmptyMessageError: Message should not be empty") == true)
    }

    @Test func itsStatusHasLiveCounts() throws {
        let service = try BoxedService("status", in: box)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Status")
        try service.start()
        #expect(try eventually { try service.property("StatusText").contains("accepted 0 events, rejected 0") })
        let events = ["one", "", "two", "three"].map { EventPublisher.event($0) }
        try publisher.publish("1.json", "[\(events.joined(separator: ","))]")
        #expect(try eventually { try service.property("StatusText").contains("accepted 3 events, rejected 1") })
        #expect(try service.property("StatusText").contains("journal ok"))
        try service.stop()
    }

    @Test func systemdRestartsItWhenItStallsAndNothingIsLost() throws {
        let service = try BoxedService("stalled", in: box, settings: ["WatchdogSec=2", "Restart=on-failure"])
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Stalled")
        try service.start()
        try publisher.publish("1.json", EventPublisher.event("before"))
        #expect(try eventually { try service.events().count == 1 })
        let stalled = try service.property("MainPID")
        try service.signal("STOP")
        for number in 2...20 { try publisher.publish("\(number).json", EventPublisher.event("during \(number)")) }
        #expect(try eventually { try service.property("NRestarts") == "1" })
        #expect(try eventually { try service.property("ActiveState") == "active" })
        #expect(try service.property("MainPID") != stalled)
        try publisher.publish("21.json", EventPublisher.event("after"))
        let messages = ["before"] + (2...20).map { "during \($0)" } + ["after"]
        #expect(try eventually { try Set(service.events().map { $0["MESSAGE"] ?? "" }) == Set(messages) })
        #expect(try Set(service.events().map { $0["TELLTALE_EVENT_ID"] }).count == messages.count)
        try service.stop()
    }

    @Test func theWatchdogIsAnsweredWhileNothingHappens() throws {
        let service = try BoxedService("idle", in: box, settings: ["WatchdogSec=1"])
        try service.start()
        #expect(try answersTheWatchdog(service))
        #expect(try service.property("ActiveState") == "active")
        try service.stop()
    }

    @Test func whatJournaldDoesNotTakeWaitsUntilItIsBack() throws {
        let service = try BoxedService("absent", in: box)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Absent")
        try service.start()
        try publisher.publish("1.json", EventPublisher.event("before"))
        #expect(try eventually { try service.events().count == 1 })
        let journald = [
            "systemd-journald.socket", "systemd-journald-dev-log.socket", "systemd-journald.service",
        ]
        try #require(try box.run(["systemctl", "stop"] + journald).status == 0)
        try publisher.publish("2.json", EventPublisher.event("during"))
        #expect(try eventually { try service.property("StatusText").contains("journal failing") })
        #expect(service.waiting().count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: publisher.directory) == [])
        try #require(try box.run(["systemctl", "start"] + journald).status == 0)
        #expect(try eventually { try service.events().map { $0["MESSAGE"] } == ["before", "during"] })
        #expect(eventually { service.waiting().isEmpty })
        try service.stop()
        #expect(try service.property("Result") == "success")
    }

    @Test func aStuckJournaldHoldsUpNeitherItNorItsStop() throws {
        // The limits are systemd's: past them the unit's result is `watchdog` or `timeout`.
        let service = try BoxedService("stuck", in: box, settings: ["WatchdogSec=2", "TimeoutStopSec=30"])
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Stuck")
        try service.start()
        let journald = try box.property("MainPID", of: "systemd-journald.service")
        try #require(try box.run("sh", "-c", "kill -STOP \(journald)").status == 0)
        let events = (1...300).map { EventPublisher.event("event \($0)") }
        try publisher.publish("1.json", "[\(events.joined(separator: ","))]")
        #expect(eventually { service.waiting().count == 1 })
        #expect(try answersTheWatchdog(service))
        #expect(try eventually { try service.property("StatusText").contains("journal stuck in one call") })
        try service.stop()
        #expect(try service.property("Result") == "success")
        #expect(service.waiting().count == 1)
        try #require(try box.run("sh", "-c", "kill -CONT \(journald)").status == 0)
        try service.start()
        #expect(try eventually { try Set(service.events().map { $0["TELLTALE_EVENT_ID"] }).count == events.count })
        #expect(eventually { service.waiting().isEmpty })
        try service.stop()
    }
}
