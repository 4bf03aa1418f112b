import Foundation
import ProgramTestKit
import Testing

/// The README's tour, as its reader takes it: each line as it stands there, in that order.
@Suite(.needsPackage, .needsInstallableBox)
struct TourTests {
    private let box: SystemdBox
    private let steps: [(title: String, lines: [String])]

    init() throws {
        let package = try #require(DebianPackage.underTest)
        box = try SystemdBox.withoutTelltale()
        // A disk that can be filled; and a watchdog that does not take the reader's half a minute.
        try box.demand(
            "sh", "-c",
            """
            set -e
            mkdir /run/var
            mount -t tmpfs -o size=256m var /run/var
            cp -a /var/lib /run/var/
            mkdir -p /run/var/log /run/var/cache/apt/archives/partial /run/var/tmp
            mount --bind /run/var /var
            mkdir -p /etc/systemd/system/telltale.service.d
            printf '[Service]\\nWatchdogSec=2\\n' > /etc/systemd/system/telltale.service.d/tour.conf
            """)
        try FileManager.default.copyItem(atPath: package.path, toPath: box.directory("telltale.deb"))
        steps = try Self.steps(of: ReadmeSection("A tour for operators").text)
    }

    /// The bold beginnings, each with the lines of the block behind it.
    private static func steps(of section: String) throws -> [(title: String, lines: [String])] {
        let parts = section.components(separatedBy: "\n**").dropFirst()
        return try parts.map { part in
            let title = try #require(part.components(separatedBy: ".**").first)
            let block = try #require(part.components(separatedBy: "```sh\n").dropFirst().first)
            let lines = try #require(block.components(separatedBy: "```").first).split(separator: "\n").map(String.init)
            return (title, lines)
        }
    }

    private func run(_ line: String) throws -> SystemdBox.Answer {
        try box.run("bash", "-c", "package=\(box.directory("telltale.deb")); \(line)")
    }

    /// Takes the lines of a step; one that begins as one of `expected` is tried until it answers with that text, as a reader
    /// would look again, and one that begins as one of `failing` has to fail, with that text.
    private func take(
        _ title: String, _ expected: [(line: String, answer: String)] = [],
        failing: [(line: String, answer: String)] = []
    ) throws {
        let step = try #require(steps.first { $0.title == title }, "the README has \(steps.map(\.title))")
        var left = expected
        var leftFailing = failing
        for line in step.lines {
            var last: SystemdBox.Answer?
            if let place = leftFailing.firstIndex(where: { line.hasPrefix($0.line) }) {
                let answer = try run(line)
                #expect(answer.status != 0, "\(line): \(answer.output)")
                #expect(answer.output.contains(leftFailing.remove(at: place).answer), "\(line): \(answer.output)")
            } else if let place = left.firstIndex(where: { line.hasPrefix($0.line) }) {
                let wanted = left.remove(at: place).answer
                let isFound = try eventually {
                    last = try run(line)
                    return last?.output.contains(wanted) == true
                }
                #expect(isFound, "\(line): \(last?.output ?? "")")
            } else {
                let answer = try run(line)
                #expect(answer.status == 0, "\(line): \(answer.output)")
            }
        }
        #expect(left.isEmpty && leftFailing.isEmpty, "no line of \(title) begins so: \(left) \(leftFailing)")
    }

    @Test func theTourOfTheREADMEShowsWhatItPromises() throws {
        try take(
            "Install it, and see that it is well",
            [("systemctl status", "active (running)"), ("telltale status", "is well")])
        try take(
            "Publish an event as an extension does, and find it in the journal",
            [("journalctl", "Disk 2 of 2 is saved")])
        try take(
            "Give it a bad file",
            [
                ("journalctl", "MissingKeyError"), ("telltale rejected", "7.json"),
                ("telltale rejected show last", "NotAnObjectError"),
            ])
        try take(
            "Kill it", [("journalctl", "Nobody listens"), ("journalctl", "Scheduled restart job")])
        try take(
            "Stop it in the middle of its work", [("journalctl", "Watchdog timeout"), ("journalctl", "It sleeps")])
        try take(
            "Send the events also to a receiver that is not there",
            [("journalctl", "For two destinations"), ("telltale status", "otlp has been failing"), ("ls", ".json")])
        try take(
            "Make a mistake in the configuration",
            [("journalctl", "cap is many; 1 to 1000000000 events were expected")],
            failing: [("systemctl reload", "Job for telltale.service failed")])
        try take(
            "Fill the disk", [("telltale status", "watching"), ("journalctl", "Room again")],
            failing: [("telltale emit", "No space left on device")])
        try take("Take it away")
        #expect(try run("telltale status").status == 127)
        #expect(steps.count == 9)
    }
}
