import Foundation
import ProgramTestKit
import Testing

/// What the service may and may not do, and that it suffices.
extension PackagedServiceTests {
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
            // Opening the directory fails, or the claim where it was opened before it was closed to others.
            #expect(
                try eventually { try trouble().contains(/of \S+DAC_OVERRIDE.Closed .*failed: Permission denied/) })
            #expect(try service.messages(of: "\(name).Closed") == [])
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
        // Where there is no man, verify has something to say about that.
        let pages = OtherCommand.succeeds(["man", "--version"]) ? "yes" : "no"
        let verified = try box.run("systemd-analyze", "verify", "--man=\(pages)", "telltale.service")
        #expect(verified.status == 0)
        #expect(verified.output == "")
    }
}
