import Foundation
import ProgramTestKit
import Testing

/// The README's lines for the journal, run as they stand there, on a journal that has what they ask for, and other things.
@Suite(
    .serialized,
    .enabled("needs root, systemd and namespaces; Tests/SystemdBox/boot says which of them is missing") {
        try SystemdBox.isPossible()
    })
struct JournalQuestionTests {
    private let box: SystemdBox
    private let service: BoxedService

    /// What each of the README's lines must show and must not, in the order of its table.
    private static let answers: [(shows: [String], hides: [String])] = [
        (
            ["Backup began", "Disk 2 is full", "Dropped events for Extension: Contoso.Backup", "Collected 4 events"],
            ["Northwind", "Sync", "otlp"]
        ),
        // Followed apart.
        ([], []),
        (["Disk 2 is full"], ["Backup began", "No route", "Dropped events"]),
        (["Backup began", "Disk 2 is full"], ["Backup ended", "No route", "Dropped events"]),
        (["Left by the last start"], ["Backup began", "No route"]),
        (
            [
                "Contoso.Backup; Details", "EmptyMessageError: Message should not be empty; Dropped Count: 1",
                "MissingKeyError: EventLevel not found; Dropped Count: 2", "Failed to process event file 2.json",
                "MalformedFileError: line 1, column 13",
            ],
            ["Backup began", "Reached max count", "otlp"]
        ),
        (
            [
                "TELLTALE_HANDLER=Contoso.Backup", "TELLTALE_REASON=EmptyMessageError",
                "TELLTALE_REASON=MissingKeyError", "TELLTALE_COUNT=3", "TELLTALE_HANDLER=Northwind.Sync",
                "TELLTALE_REASON=MalformedFileError", "TELLTALE_COUNT=1",
            ],
            ["MESSAGE=", "TELLTALE_COUNT=4"]
        ),
        (["Reached max count for the extension: Northwind.Sync; Max Limit: 4"], ["Contoso", "Dropped"]),
        (["The sink otlp does not take events"], ["Contoso", "Reached max count", "is ready"]),
        (
            [
                "code=killed, status=9/KILL", "is ready; it read /etc/telltale/telltale.conf", "Stopping:",
                "Deactivated successfully",
            ],
            ["Contoso", "otlp"]
        ),
    ]

    init() throws {
        box = try SystemdBox()
        // As on a machine; the box's own says on its console what goes wrong while it boots.
        try box.demand("systemctl", "log-target", "journal")
        try box.install("cap = 4\n", at: "/etc/telltale/telltale.conf")
        // Nobody listens there.
        service = try BoxedService(
            "telltale", in: box, settings: ["Restart=on-failure", "RestartSec=0"],
            options: ["--sink", "otlp", "--otlp-endpoint", "http://127.0.0.1:9"])
    }

    /// An event with an operation of its own.
    private func event(_ message: String, level: String = "Informational", operation: String) -> String {
        EventPublisher.event(message, level: level).replacingOccurrences(of: "\"op\"", with: "\"\(operation)\"")
    }

    /// Lives through what the questions are about: two extensions, a crash, and a stop.
    private func live() throws {
        let left = "\(service.spool)/extensions/Contoso.Backup"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        try event("Left by the last start", operation: "earlier")
            .write(toFile: "\(left)/18ea0c5817ae0ea0-c1a4-7.json", atomically: true, encoding: .utf8)
        let backup = try EventPublisher(root: service.logRoot, handler: "Contoso.Backup")
        let sync = try EventPublisher(root: service.logRoot, handler: "Northwind.Sync")
        try service.start()
        try backup.publish(
            "1.json",
            """
            [\(event("Backup began", operation: "9f4dfe2a")), {"Message": "no level"}, {"Message": "nor here"},
            \(event("", operation: "9f4dfe2a")),
            \(event("Disk 2 is full", level: "Error", operation: "9f4dfe2a")),
            \(event("Backup ended", operation: "77777777"))]
            """)
        let errors = (1...9).map { event("No route \($0)", level: "Error", operation: "88888888") }
        try sync.publish("1.json", "[\(errors.joined(separator: ","))]")
        try sync.publish("2.json", "{\"Version\": }")
        #expect(try eventually { try service.events().count == 8 })
        #expect(try eventually { try service.entries().contains { $0["TELLTALE_NOTICE"] == "sinkFailing" } })
        #expect(try eventually { try service.entries().contains { $0["TELLTALE_NOTICE"] == "fileRejected" } })
        try service.signal("KILL")
        #expect(try eventually { try service.entries().count { $0["TELLTALE_NOTICE"] == "started" } == 2 })
        try service.stop()
    }

    @Test func eachLineOfTheReadmeFindsWhatItSaysAndNothingElse() throws {
        let commands = try ReadmeSection("Ask the journal").commands.filter { $0.line.hasPrefix("journalctl ") }
        try #require(commands.count == Self.answers.count)
        try live()
        try box.run("journalctl", "--sync")
        for (command, answer) in zip(commands, Self.answers) where !answer.shows.isEmpty {
            let said = try box.run("sh", "-c", command.line)
            #expect(said.status == 0, "\(command)")
            for text in answer.shows { #expect(said.output.contains(text), "\(command.line): \(said.output)") }
            for text in answer.hides { #expect(!said.output.contains(text), "\(command.line): \(said.output)") }
        }
    }

    @Test func theLineThatFollowsShowsWhatComes() throws {
        let command = try #require(ReadmeSection("Ask the journal").commands.first { $0.line.contains(" -f ") })
        let backup = try EventPublisher(root: service.logRoot, handler: "Contoso.Backup")
        let sync = try EventPublisher(root: service.logRoot, handler: "Northwind.Sync")
        try service.start()
        try backup.publish("1.json", EventPublisher.event("before"))
        #expect(try eventually { try service.events().count == 1 })
        let output = box.directory("followed")
        try box.demand(
            "systemd-run", "--unit", "follower", "--property", "StandardOutput=file:\(output)", "sh", "-c",
            command.line)
        let followed = { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }
        #expect(eventually { followed().contains("before") })
        try sync.publish("1.json", EventPublisher.event("of another"))
        #expect(try eventually { try service.events().count == 2 })
        try backup.publish("2.json", EventPublisher.event("after"))
        #expect(eventually { followed().contains("after") })
        #expect(!followed().contains("of another"))
        try box.demand("systemctl", "stop", "follower")
        try service.stop()
    }

    /// Installs the catalogue as the package does, but for the place: the box's `/usr` is the machine's.
    private func installCatalog() throws -> String {
        let catalog = try String(
            contentsOfFile: URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("packaging/systemd/telltale.catalog").path,
            encoding: .utf8)
        let root = box.directory("root")
        try box.install(catalog, at: "\(root)/usr/lib/systemd/catalog/telltale.catalog")
        let update = try box.run("journalctl", "--root", root, "--update-catalog")
        #expect(update.status == 0 && update.output == "", "\(update.output)")
        try box.demand(
            "install", "-D", "\(root)/var/lib/systemd/catalog/database", "/var/lib/systemd/catalog/database")
        return catalog
    }

    @Test func theCatalogExplainsTheEntries() throws {
        let catalog = try installCatalog()
        let identifiers = catalog.matches(of: /(?m)^-- ([0-9a-f]{32})$/).map { String($0.1) }
        let listed = try box.run("journalctl", "--list-catalog").output.split(separator: "\n")
        #expect(Set(listed.map { String($0.prefix(32)) }) == Set(identifiers))
        #expect(listed.allSatisfy { $0.dropFirst(32).hasPrefix(" Telltale: ") }, "\(listed)")
        #expect(try box.run("journalctl", "--dump-catalog").status == 0)

        try live()
        let explained = try box.run("journalctl", "-u", "telltale", "-x").output
        for text in [
            "Subject: Telltale is ready", "Subject: Events of Contoso.Backup were rejected",
            "3 events break the rules for event files",
            "Subject: Northwind.Sync publishes more events than the cap allows",
            "Subject: A file of Northwind.Sync was rejected", "Subject: The sink otlp does not take events",
            "Subject: Telltale stopped before everything was delivered", "files were not acknowledged by every sink",
        ] {
            #expect(explained.contains(text), "\(text)")
        }
    }
}
