import Foundation
import ProgramTestKit
import Testing

/// Bursts into a journald that limits rates, as those of distributions do, or that goes away meanwhile.
@Suite(
    .serialized,
    .enabled("needs root, systemd and namespaces; Tests/SystemdBox/boot says which of them is missing") {
        try SystemdBox.isPossible()
    })
struct JournalBurstTests {
    private let box: SystemdBox

    init() throws {
        box = try SystemdBox()
    }

    /// Gives journald a limit of its own, and room for a burst.
    private func limitJournald(to burst: Int, each interval: String) throws {
        let settings = "[Journal]\nRateLimitIntervalSec=\(interval)\nRateLimitBurst=\(burst)\nRuntimeMaxUse=2G\n"
        try box.install(settings, at: "/etc/systemd/journald.conf.d/limit.conf")
        try box.demand("systemctl", "restart", "systemd-journald")
    }

    /// Publishes files of a hundred events by ten handlers in turn.
    private func publish(_ files: Range<Int>, to service: BoxedService, between: (Int) throws -> Void = { _ in }) throws
    {
        let publishers = try (0..<10).map { try EventPublisher(root: service.logRoot, handler: "Test.Burst\($0)") }
        for file in files {
            // Of a level that the daemon's own entries do not have, which journald limits apart.
            let events = (0..<100).map { EventPublisher.event("event \(file * 100 + $0)", level: "Verbose") }
            try publishers[file % 10].publish("\(file).json", "[\(events.joined(separator: ","))]")
            try between(file)
        }
    }

    private struct Stored {
        let entries: Int
        let events: Int
    }

    /// The entries of events in the journal, and how many events they are of.
    private func stored(of service: BoxedService) throws -> Stored {
        try box.run("journalctl", "--sync")
        let identifiers = try box.run(
            "journalctl", "-q", "-u", service.name, "-o", "cat", "--output-fields=TELLTALE_EVENT_ID",
            "TELLTALE_SOURCE=extension"
        ).output.split(separator: "\n")
        return Stored(entries: identifiers.count, events: Set(identifiers).count)
    }

    private func waitUntilAllIsDelivered(by service: BoxedService, count: Int) throws {
        try #require(
            try eventually(within: 4 * patience) {
                try service.property("StatusText").contains("journal ok, \(count) delivered")
            })
        #expect(eventually { service.waiting().isEmpty })
    }

    /// The unit's own limit, which lifts that of journald.
    private static func packagedRateLimit() throws -> [String] {
        let unit = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("packaging/systemd/telltale.service").path
        return try String(contentsOfFile: unit, encoding: .utf8).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("LogRateLimit") }
    }

    @Test func aBurstOfFiftyThousandEventsIsInTheJournalToTheLast() throws {
        try limitJournald(to: 1000, each: "30s")
        try box.install("cap = 1000000\n", at: "/etc/telltale/telltale.conf")
        let service = try BoxedService("burst", in: box, settings: try Self.packagedRateLimit())
        try service.start()
        try publish(0..<500, to: service)
        try waitUntilAllIsDelivered(by: service, count: 50_000)
        let stored = try stored(of: service)
        #expect(stored.events == 50_000 && stored.entries == 50_000)
        #expect(try suppressed().isEmpty)
        try service.stop()
    }

    /// What journald says that it dropped, one number for each time that it said so.
    private func suppressed() throws -> [Int] {
        try box.journal("MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e").compactMap {
            $0["N_DROPPED"].flatMap { Int($0) }
        }
    }

    @Test func whatJournaldsRateLimitDropsIsInItsOwnEntries() throws {
        try limitJournald(to: 1000, each: "5s")
        try box.install("cap = 1000000\n", at: "/etc/telltale/telltale.conf")
        let service = try BoxedService("limited", in: box)
        try service.start()
        try publish(0..<500, to: service)
        try waitUntilAllIsDelivered(by: service, count: 50_000)
        // It says so with the first entry after the interval.
        var sent = 50_000
        var stored = try stored(of: service)
        #expect(stored.events < sent)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Later")
        let isAccountedFor = try eventually {
            try publisher.publish("\(sent).json", EventPublisher.event("later \(sent)", level: "Verbose"))
            sent += 1
            try waitUntilAllIsDelivered(by: service, count: sent)
            stored = try self.stored(of: service)
            return stored.events + (try suppressed().reduce(0, +)) == sent
        }
        let dropped = try suppressed()
        #expect(isAccountedFor, "stored \(stored), said to be dropped \(dropped), sent \(sent)")
        try service.stop()
    }

    @Test func aJournaldThatIsRestartedInABurstMissesNothing() throws {
        let service = try BoxedService("restarted", in: box, options: ["--cap", "1000000"])
        try service.start()
        try publish(0..<200, to: service) { file in
            // Systemd allows five starts in ten seconds.
            if file % 50 == 25 { try box.demand("systemctl", "restart", "systemd-journald") }
        }
        try waitUntilAllIsDelivered(by: service, count: 20_000)
        let stored = try stored(of: service)
        #expect(stored.events == 20_000 && stored.entries == 20_000)
        try service.stop()
    }

    @Test func aJournaldThatIsKilledInABurstTakesTheEntryInItsHandAlone() throws {
        let service = try BoxedService("killed", in: box, options: ["--cap", "1000000"])
        try service.start()
        var kills = 0
        try publish(0..<200, to: service) { file in
            guard file % 50 == 25 else { return }
            try box.demand("systemctl", "kill", "--signal=KILL", "--kill-who=main", "systemd-journald")
            kills += 1
            try #require(
                try eventually { try box.property("NRestarts", of: "systemd-journald.service") == "\(kills)" })
        }
        try waitUntilAllIsDelivered(by: service, count: 20_000)
        let stored = try stored(of: service)
        #expect((20_000 - kills...20_000).contains(stored.events))
        #expect(try service.property("ActiveState") == "active")
        try service.stop()
    }
}
