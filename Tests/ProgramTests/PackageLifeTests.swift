import Foundation
import ProgramTestKit
import Testing

/// What becomes of a machine when the package comes, is replaced, and goes.
///
/// Each test has a machine of its own.
@Suite(.serialized, .needsPackage, .needsInstallableBox)
struct PackageLifeTests {
    private let box: SystemdBox
    private let package: DebianPackage
    private let service: BoxedService

    init() throws {
        package = try #require(DebianPackage.underTest)
        box = try SystemdBox.withoutTelltale()
        service = BoxedService(installedIn: box)
    }

    /// All files of the box, but for what dpkg itself keeps, and logs and caches that every package touches.
    private func files() throws -> Set<String> {
        let shared = [
            "/var/lib/dpkg/*", "/var/cache/*", "/var/log/dpkg.log", "/var/log/alternatives.log", "/etc/passwd-",
            "/etc/group-",
            "/etc/shadow-", "/etc/gshadow-", "/etc/.pwd.lock", "/var/lib/systemd/catalog/database",
            "/var/lib/systemd/deb-systemd-helper-enabled",
            "/var/lib/systemd/deb-systemd-helper-enabled/multi-user.target.wants",
            "/run/systemd/*", "/run/log/*",
        ]
        let leftOut = shared.flatMap { ["-path", $0, "-prune", "-o"] }
        let listed = try box.run(["find", "/etc", "/run", "/usr", "/var"] + leftOut + ["-printf", "%p\\n"])
        try #require(listed.status == 0, "\(listed.output.prefix(1000))")
        return Set(listed.output.split(separator: "\n").map(String.init))
    }

    @Test func installingEnablesAndStartsIt() throws {
        try box.install(package)
        #expect(try service.property("ActiveState") == "active")
        #expect(try service.property("UnitFileState") == "enabled")
        #expect(try box.run("stat", "-c", "%U:%G %a", "/var/lib/telltale").output == "telltale:telltale 750\n")
        #expect(try box.run("stat", "-c", "%U:%G", "/run/telltale").output == "telltale:telltale\n")
        #expect(try box.run("dpkg", "--verify", "telltale").output == "")
        #expect(try box.run("telltale", "check", "--json").output.contains("/etc/telltale/telltale.conf"))
    }

    @Test func whatWaitsAtAnUpgradeIsDeliveredAfterIt() throws {
        try box.install(package.repacked(asVersion: "0.0.1", in: box.directory))
        let changed = "cap = 1000\n"
        try box.install(changed, at: "/etc/telltale/telltale.conf")
        let sink = try StuckSink(of: service)
        try box.demand("systemctl", "restart", service.name)
        let before = try service.property("MainPID")
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Upgrade")
        for number in 1...20 { try publisher.publish("\(number).json", EventPublisher.event("event \(number)")) }
        #expect(eventually { service.waiting().count == 20 })

        try sink.letGo()
        try box.install(package)
        #expect(try box.run("dpkg-query", "-W", "-f", "${Version}", "telltale").output == package.field("Version"))
        #expect(try service.property("ActiveState") == "active")
        #expect(try service.property("MainPID") != before)
        #expect(eventually { service.waiting().isEmpty })
        let lines = sink.lines()
        #expect(lines.count == 20)
        for number in 1...20 { #expect(lines.filter { $0.contains("\"event \(number)\"") }.count == 1) }
        #expect(try String(contentsOfFile: box.outside("/etc/telltale/telltale.conf"), encoding: .utf8) == changed)
    }

    @Test func removingStopsItAndKeepsConfigurationAndSpool() throws {
        try box.install(package)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Removed")
        try publisher.publish("1.json", EventPublisher.event("one"))
        #expect(try eventually { try service.messages(of: "Test.Removed") == ["one"] })
        try box.demand("dpkg", "--remove", "telltale")
        #expect(try service.property("LoadState") == "not-found")
        #expect(try box.run("pgrep", "--exact", "telltale").status != 0)
        #expect(FileManager.default.fileExists(atPath: box.outside("/etc/telltale/telltale.conf")))
        #expect(FileManager.default.fileExists(atPath: "\(service.spool)/admissions"))
        #expect(!FileManager.default.fileExists(atPath: box.outside("/usr/bin/telltale")))

        try publisher.publish("2.json", EventPublisher.event("two"))
        try box.install(package)
        #expect(try eventually { try service.messages(of: "Test.Removed") == ["one", "two"] })
    }

    @Test func aPurgeLeavesNothing() throws {
        let before = try files()
        try box.install(package)
        let publisher = try EventPublisher(root: service.logRoot, handler: "Test.Purged")
        try publisher.publish("1.json", EventPublisher.event(""))
        #expect(eventually { FileManager.default.fileExists(atPath: "\(service.spool)/rejected/Test.Purged") })
        try #require(try files().subtracting(before).count > 20)
        try box.install("of an operator\n", at: "/etc/telltale/ca.pem")
        try box.demand("dpkg", "--purge", "telltale")
        // The publishers' directories are theirs.
        try box.demand("rm", "-r", "/var/log/azure")
        #expect(try files().subtracting(before) == [])
        #expect(try before.subtracting(files()) == [])
        #expect(try box.run("getent", "passwd", "telltale").status != 0)
        #expect(try box.run("getent", "group", "telltale").status != 0)
        #expect(try box.run("sh", "-c", "journalctl --list-catalog 2>&1 | grep -i telltale").output == "")
        #expect(try box.run("dpkg-query", "--status", "telltale").status != 0)
    }
}
