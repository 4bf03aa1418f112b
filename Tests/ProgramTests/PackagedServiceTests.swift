import Foundation
import ProgramTestKit
import Testing

/// The service as the Debian package installs it: under its own unit, user, capabilities and sandbox.
///
/// One box serves all; the tests take turns, and each begins with an empty log root, an empty spool and the unit as installed.
@Suite(.serialized, .needsPackage, .needsInstallableBox, SystemdBoxTrait(hasPackage: true))
struct PackagedServiceTests {
    private let box: SystemdBox
    private let service: BoxedService

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

    @Test func everyClaimIsARename() throws {
        let sink = try StuckSink(of: service)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Rename")
        let agent = box.outside("/var/lib/waagent/events")
        try FileManager.default.createDirectory(atPath: agent, withIntermediateDirectories: true)
        try service.start()
        var published: Set<UInt64> = []
        let agentEvent = #"{"eventId":1,"providerId":"69B669B9-4AF8-4C50-BDC4-6006FA76E975","parameters":[]}"#
        for number in 1...5 {
            try publisher.writeInPlace("\(number).tmp", EventPublisher.event("event \(number)"))
            published.insert(try inode(of: "\(publisher.directory)/\(number).tmp"))
            try DirectoryCalls.move("\(publisher.directory)/\(number).tmp", to: "\(publisher.directory)/\(number).json")
            try agentEvent.write(toFile: "\(agent)/\(number).tmp", atomically: false, encoding: .utf8)
            published.insert(try inode(of: "\(agent)/\(number).tmp"))
            try DirectoryCalls.move("\(agent)/\(number).tmp", to: "\(agent)/\(number).waagent.tld")
        }
        let claims = {
            let names = FileManager.default.enumerator(atPath: service.spool)?.compactMap { $0 as? String } ?? []
            return names.filter { $0.hasSuffix(".json") || $0.hasSuffix(".tld") }.map { "\(service.spool)/\($0)" }
        }
        #expect(eventually { claims().count == 10 })
        // A copy would be another file.
        #expect(try Set(claims().map(inode)) == published)
        try service.stop()
        try sink.letGo()
    }

    private func inode(of path: String) throws -> UInt64 {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? UInt64)
    }

    /// What the unit's capabilities are for, each with the way of publishing that fails without it.
    @Test(arguments: ["", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_LEASE"])
    func eachCapabilityIsNeeded(withheld: String) throws {
        let granted = ["CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_LEASE"]
        #expect(
            try Set(service.property("CapabilityBoundingSet").uppercased().split(separator: " ").map(String.init))
                == Set(granted))
        let left = granted.filter { $0 != withheld }.joined(separator: " ")
        try service.override([
            "AmbientCapabilities=", "AmbientCapabilities=\(left)", "CapabilityBoundingSet=",
            "CapabilityBoundingSet=\(left)", "Environment=TELLTALE_FETCH_METADATA=off",
        ])
        try service.start()
        // Root's own, which nobody else may enter; one that everybody may write to, but remove only what is theirs; and one
        // whose writer has the file that it published still open.
        let name = "Test.\(withheld)"
        let held = try EventPublisher(root: service.logRoot, handler: "\(name).Held")
        let writer = open("\(held.directory)/1.tmp", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(writer >= 0)
        defer { close(writer) }
        let event = Array(EventPublisher.event("held").utf8)
        try #require(write(writer, event, event.count) == event.count)
        try DirectoryCalls.move("\(held.directory)/1.tmp", to: "\(held.directory)/1.json")
        try box.demand(
            "sh", "-c",
            """
            set -e
            cd /var/log && mkdir -p azure && cd azure
            mkdir -p '\(name).Closed/events' '\(name).Sticky/events'
            chmod 700 '\(name).Closed' '\(name).Closed/events'
            chmod 1777 '\(name).Sticky/events'
            publish() { printf %s "$2" >"$1/1.tmp"; chmod 600 "$1/1.tmp"; mv "$1/1.tmp" "$1/1.json"; }
            publish '\(name).Closed/events' '\(EventPublisher.event("closed"))'
            publish '\(name).Sticky/events' '\(EventPublisher.event("sticky"))'
            """)
        let trouble = { try service.entries().compactMap { $0["MESSAGE"] }.joined(separator: "\n") }
        switch withheld {
        case "CAP_DAC_OVERRIDE":
            #expect(try eventually { try trouble().contains("Claiming 1.json of \(name).Closed") })
        case "CAP_FOWNER":
            #expect(try eventually { try trouble().contains("Claiming 1.json of \(name).Sticky") })
            #expect(try eventually { try service.messages(of: "\(name).Closed") == ["closed"] })
        default:
            #expect(try eventually { try service.messages(of: "\(name).Closed") == ["closed"] })
            #expect(try eventually { try service.messages(of: "\(name).Sticky") == ["sticky"] })
            #expect(try eventually { try service.messages(of: "\(name).Held") == ["held"] })
            // What is still written is given back and claimed again a second later; an id begins with the claim's time.
            let (held, closed) = (try claimTime(of: "\(name).Held"), try claimTime(of: "\(name).Closed"))
            #expect((held > closed + 500_000_000) == withheld.isEmpty, "held at \(held), closed at \(closed)")
        }
    }

    /// In nanoseconds since 1970.
    private func claimTime(of handler: String) throws -> UInt64 {
        let event = try #require(try service.events().first { $0["TELLTALE_HANDLER"] == handler })
        return try #require(event["TELLTALE_EVENT_ID"].flatMap { UInt64($0.prefix(16), radix: 16) })
    }

    @Test func itCanWriteNowhereElse() throws {
        try service.start()
        let process = try service.property("MainPID")
        for place in [
            "/etc/telltale", "/etc", "/usr/bin", "/run", "/run/systemd/system", "/root", "/home", "/boot",
            "/var/lib/dpkg", "/var/spool", "/var/cache", "/sys/kernel", "/proc/sys/kernel",
        ] {
            let answer = try box.run("nsenter", "--target", process, "--mount", "--", "touch", "\(place)/telltale-test")
            #expect(answer.status != 0, "\(place) can be written")
        }
        for place in ["/run/telltale", "/var/lib/telltale", "/var/log", "/var/lib"] {
            try box.demand(
                "nsenter", "--target", process, "--mount", "--", "sh", "-c", "touch \(place)/test && rm \(place)/test")
        }
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

    @Test func aLogRootElsewhereNeedsOneDropIn() throws {
        let place = box.outside("/srv/telemetry")
        defer { try? FileManager.default.removeItem(atPath: place) }
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try service.override([
            "ReadWritePaths=/srv/telemetry",
            "Environment=TELLTALE_EXTENSION_LOG_DIR=/srv/telemetry/log TELLTALE_SPOOL_DIR=/srv/telemetry/spool",
        ])
        let publisher = try EventPublisher(root: "\(place)/log", handler: "Test.Elsewhere")
        try service.start()
        try publisher.publish("1.json", EventPublisher.event("elsewhere"))
        #expect(try eventually { try service.messages(of: "Test.Elsewhere") == ["elsewhere"] })
        #expect(try FileManager.default.contentsOfDirectory(atPath: publisher.directory) == [])
        // As the README promises: on one mount.
        let process = try service.property("MainPID")
        let mounts = try box.run("cat", "/proc/\(process)/mountinfo").output.split(separator: "\n")
        #expect(mounts.filter { $0.contains(" /srv/telemetry") }.count == 1)
    }

    @Test func systemdFindsTheUnitSafeAndSound() throws {
        let security = try box.run("systemd-analyze", "security", "--no-pager", "--threshold=15", "telltale.service")
        #expect(security.status == 0, "\(security.output)")
        // The manual pages are a test of their own, since verify wants man to show them.
        let verified = try box.run("systemd-analyze", "verify", "--man=no", "telltale.service")
        #expect(verified.status == 0)
        #expect(verified.output == "")
    }
}
