import Foundation
import ProgramTestKit
import Testing

/// The service as the Debian package installs it: under its own unit, user, capabilities and sandbox.
///
/// One box serves all; the tests take turns, and each begins with an empty log root, an empty spool and the unit as installed.
@Suite(.serialized, .needsPackage, .needsInstallableBox, SystemdBoxTrait(hasPackage: true))
struct PackagedServiceTests {
    let box: SystemdBox
    let service: BoxedService

    init() throws {
        box = try #require(SystemdBoxTrait.box)
        service = BoxedService(installedIn: box)
        try service.stop()
        try service.override([])
        try box.demand("sh", "-c", "rm -rf /var/log/azure /var/lib/waagent /var/lib/telltale/*")
        // It fails for a unit that is not loaded, and then nothing of it has failed.
        try box.run("systemctl", "reset-failed", service.name)
    }

    @Test func isActiveOnlyOnceItIsReady() throws {
        let gate = box.outside("/var/lib/telltale/gate")
        try #require(mkfifo(gate, 0o600) == 0)
        try service.override([
            "ExecStart=", "ExecStart=/bin/sh -c 'read line </var/lib/telltale/gate; exec /usr/bin/telltale run'",
        ])
        try box.demand("systemctl", "start", "--no-block", service.name)
        #expect(try eventually { try service.property("SubState") == "start" })
        // Opening it waits for the process that the unit started; the unit has had no READY from it.
        try "open\n".write(toFile: gate, atomically: false, encoding: .utf8)
        #expect(try eventually { try service.property("ActiveState") == "active" })
        #expect(try service.property("NotifyAccess") == "main")
        try service.stop()
        #expect(try service.property("Result") == "success")
    }

    @Test func anEventOfRootsArrivesInTheJournal() throws {
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Arrival")
        try service.start()
        try publisher.publish("1.json", EventPublisher.event("it arrived"))
        #expect(try eventually { try service.messages(of: "Test.Arrival") == ["it arrived"] })
        let entry = try #require(try service.events().last)
        let user = try box.run("id", "--user", "telltale").output.trimmingCharacters(in: .newlines)
        #expect(entry["_UID"] == user)
        #expect(user != "0")
        #expect(entry["_EXE"] == "/usr/bin/telltale")
    }

    @Test func nothingIsLostWhenItIsKilled() throws {
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Killed")
        try service.start()
        let killed = try service.property("MainPID")
        for number in 1...30 { try publisher.publish("\(number).json", EventPublisher.event("before \(number)")) }
        try service.signal("KILL")
        for number in 31...60 { try publisher.publish("\(number).json", EventPublisher.event("after \(number)")) }
        let expected = Set((1...30).map { "before \($0)" } + (31...60).map { "after \($0)" })
        #expect(try eventually { try Set(service.messages(of: "Test.Killed")) == expected })
        #expect(try service.property("NRestarts") == "1")
        #expect(try service.property("MainPID") != killed)
        #expect(eventually { service.waiting().isEmpty })
        #expect(try FileManager.default.contentsOfDirectory(atPath: publisher.directory) == [])
    }

    @Test func aStallIsEndedByTheWatchdog() throws {
        try service.override(["WatchdogSec=2"])
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Stalled")
        try service.start()
        try service.signal("STOP")
        try publisher.publish("1.json", EventPublisher.event("meanwhile"))
        #expect(try eventually { try service.property("NRestarts") == "1" })
        #expect(try eventually { try service.messages(of: "Test.Stalled") == ["meanwhile"] })
        #expect(try service.property("ActiveState") == "active")
    }

    @Test func aStopWithWorkWaitingIsInTimeAndTheNextStartDelivers() throws {
        let sink = try StuckSink(of: service)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Waiting")
        try service.start()
        for number in 1...20 { try publisher.publish("\(number).json", EventPublisher.event("event \(number)")) }
        #expect(eventually { service.waiting().count == 20 })
        try service.stop()
        // Past the unit's limit it would be killed, and the result `timeout`.
        #expect(try service.property("Result") == "success")
        #expect(service.waiting().count == 20)
        try sink.letGo()
        try service.start()
        #expect(eventually { sink.lines().count == 20 })
        #expect(eventually { service.waiting().isEmpty })
        for number in 1...20 {
            #expect(sink.lines().filter { $0.contains("\"event \(number)\"") }.count == 1)
        }
    }

    @Test func aWrongSettingFailsAtOnceAndIsNotTriedAgain() throws {
        let file = "/etc/telltale/telltale.conf"
        let usual = try String(contentsOfFile: box.outside(file), encoding: .utf8)
        defer { try? box.install(usual, at: file) }
        try box.install("cap = many\n", at: file)
        #expect(try box.run("systemctl", "start", service.name).status != 0)
        #expect(try service.property("ActiveState") == "failed")
        #expect(try service.property("SubState") == "failed")
        #expect(try service.property("ExecMainStatus") == "78")
        #expect(try service.property("NRestarts") == "0")
        let told = try box.run("systemctl", "status", "--lines", "5", service.name).output
        #expect(told.contains("\(file):1: cap is many"))
    }

    /// The texts that came into the journal by syslog(3), standard output and standard error.
    private func printed() throws -> [String] {
        try service.entries().filter { $0["_TRANSPORT"] != "journal" }.compactMap { $0["MESSAGE"] }
    }

    @Test func aReloadTakesANewConfigurationAndRefusesAWrongOne() throws {
        let file = "/etc/telltale/telltale.conf"
        let usual = try String(contentsOfFile: box.outside(file), encoding: .utf8)
        defer { try? box.install(usual, at: file) }
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Reload")
        try service.start()
        let process = try service.property("MainPID")
        let lines = box.outside("/var/lib/telltale/lines")
        let delivered = { ((try? String(contentsOfFile: lines, encoding: .utf8)) ?? "").split(separator: "\n").count }

        try box.install("ndjson = /var/lib/telltale/lines\n", at: file)
        try box.demand("systemctl", "reload", service.name)
        try publisher.publish("1.json", EventPublisher.event("one"))
        #expect(eventually { delivered() == 1 })

        try box.install("ndjson = /var/lib/telltale/lines\ncap = many\n", at: file)
        #expect(try box.run("systemctl", "reload", service.name).status != 0)
        #expect(try box.run("systemctl", "status", service.name).output.contains("\(file):2: cap is many"))
        try publisher.publish("2.json", EventPublisher.event("two"))
        #expect(eventually { delivered() == 2 })

        #expect(try service.property("ActiveState") == "active")
        #expect(try service.property("MainPID") == process)
        #expect(try service.property("NRestarts") == "0")
    }

    @Test func nothingButItselfSpeaksInItsName() throws {
        let before = try printed().count
        try service.start()
        try box.demand("systemctl", "reload", service.name)
        try service.stop()
        // The command of the unit's ExecReload prints one line; the service's own go to the journal's socket.
        #expect(try printed().dropFirst(before).filter { !$0.contains("configuration") } == [])
    }

    @Test func theJournalExplainsItsEntries() throws {
        try service.start()
        let entries = try box.run("journalctl", "--catalog", "--unit", service.name, "--no-pager").output
        #expect(entries.contains("Subject: Telltale is ready"), "\(entries.suffix(500))")
    }

    @Test func whatFailsAtOnceAgainAndAgainIsNotStartedForEver() throws {
        try service.override(["ExecStart=", "ExecStart=/bin/false", "RestartSec=1ms"])
        try box.run("systemctl", "start", service.name)
        #expect(try eventually { try service.property("Result") == "start-limit-hit" || isGivenUp() })
        #expect(try service.property("ActiveState") == "failed")
        #expect(try service.property("NRestarts") == service.property("StartLimitBurst"))
        // A stall takes at least the watchdog's time: so many of them never come to the limit.
        try service.override([])
        try box.demand("systemctl", "reset-failed", service.name)
        try service.start()
        let burst = try #require(Int(service.property("StartLimitBurst")))
        #expect(try service.property("StartLimitIntervalUSec") == "5min")
        #expect(try service.property("WatchdogUSec") == "30s")
        #expect(burst * 30 > 5 * 60)
    }

    private func isGivenUp() throws -> Bool {
        try service.property("SubState") == "failed"
    }

    @Test func journaldsRateLimitDoesNotHoldForIt() throws {
        let limits = "/etc/systemd/journald.conf.d/limits.conf"
        try box.install("[Journal]\nRateLimitIntervalSec=1h\nRateLimitBurst=2\n", at: limits)
        try box.demand("systemctl", "restart", "systemd-journald.service")
        defer {
            _ = try? box.run("rm", limits)
            _ = try? box.run("systemctl", "restart", "systemd-journald.service")
        }
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Burst")
        let events = (1...300).map { EventPublisher.event("event \($0)") }
        try publisher.publish("1.json", "[\(events.joined(separator: ","))]")
        try service.start()
        #expect(try eventually { try service.messages(of: "Test.Burst").count == events.count })
        // It does for others.
        try box.install(
            "[Service]\nType=oneshot\nExecStart=seq 300\n", at: "/run/systemd/system/other.service")
        try box.demand("systemctl", "start", "other.service")
        #expect(try box.journal("_SYSTEMD_UNIT=other.service").count < 300)
    }
}
