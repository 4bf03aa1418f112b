import Foundation
import ProgramTestKit
import Testing

/// Events on their way through the journals of several machines to the one of a receiver, as the README says.
@Suite(
    .serialized,
    .enabled("needs root, systemd and namespaces; Tests/SystemdBox/boot says which of them is missing") {
        try SystemdBox.isPossible()
    },
    .enabled("needs the package systemd-journal-remote, and openssl") {
        FileManager.default.isExecutableFile(atPath: "/lib/systemd/systemd-journal-remote")
            && OtherCommand.succeeds(["openssl", "version"])
    })
struct FleetJournalTests {
    private let certificate: FleetCertificate
    private let box: SystemdBox
    private let receiver: FleetReceiver

    init() throws {
        certificate = try FleetCertificate()
        box = try SystemdBox()
        receiver = try FleetReceiver(in: box, showing: certificate)
    }

    @Test func theEventsOfTwoMachinesArriveOnceWithAllTheirFields() throws {
        let machines = [
            try FleetMachine("vm-1", in: box, trusting: certificate),
            try FleetMachine("vm-2", in: SystemdBox(onNetworkOf: box), trusting: certificate),
        ]
        for machine in machines { try machine.start() }
        let messages = ["plain", "two\nlines", "Zürich → 東京 🚀", "bell \u{07} and NUL \u{00}"]
        for file in 1...20 {
            for machine in machines { try machine.publish(file, messages.map { "\(file): \($0)" }) }
        }
        let expected = machines.count * 20 * messages.count
        #expect(try eventually { try receiver.events().count >= expected })
        var sent: [[String: String]] = []
        for machine in machines { sent += try machine.events() }
        #expect(sent.count == expected)
        #expect(Set(sent.map(Self.fields)).count == expected)

        let received = try receiver.events()
        #expect(received.count == expected)
        #expect(Set(received.map(Self.fields)) == Set(sent.map(Self.fields)))
        #expect(Set(received.map { "\($0["_HOSTNAME"] ?? "")" }) == ["vm-1", "vm-2"])
        #expect(Set(received.map { $0["_MACHINE_ID"] }).count == machines.count)
        #expect(Set(received.map(Self.identity)).count == expected)
        for machine in machines { try machine.service.stop() }
    }

    @Test func onlyTelltalesEntriesLeaveTheMachine() throws {
        let machine = try FleetMachine("vm-1", in: box, trusting: certificate)
        try box.demand("sh", "-c", "echo private | systemd-cat --identifier private")
        try machine.start()
        try machine.publish(1, ["public"])
        #expect(try eventually { try receiver.events().count == 1 })
        #expect(try box.journal("SYSLOG_IDENTIFIER=private").count == 1)
        let identifiers = Set(try receiver.entries().map { $0["SYSLOG_IDENTIFIER"] })
        #expect(identifiers.isSubset(of: ["telltale", "systemd-journald"]))
        try machine.service.stop()
    }

    @Test func aReceiverThatWasAwayMissesNothing() throws {
        let machine = try FleetMachine("vm-1", in: box, trusting: certificate, pause: "100ms")
        try machine.start()
        try machine.publish(1, ["before"])
        #expect(try eventually { try receiver.events().count == 1 })

        var published = ["before"]
        for outage in 1...3 {
            let messages = (1...100).map { "\(outage).\($0)" }
            // The receiver is killed while the events come, so that an upload may break.
            try machine.publish(outage + 1, messages)
            try receiver.kill()
            let starts = try #require(Int(box.property("NRestarts", of: "systemd-journal-upload.service")))
            // More ends in a row than systemd allows a unit by default.
            try #require(
                try eventually {
                    try (Int(box.property("NRestarts", of: "systemd-journal-upload.service")) ?? 0) > starts + 6
                })
            try receiver.start()
            published += messages
            try #require(try eventually { try Set(receiver.events().map(Self.identity)).count == published.count })
        }
        let received = try receiver.events()
        #expect(Set(published).subtracting(received.compactMap { $0["MESSAGE"] }).isEmpty)
        // What was acknowledged long before an outage is not sent again; the last one before it is, once.
        #expect(received.count { $0["MESSAGE"] == "before" } <= 2)
        // A repeated entry is the same in all that it says.
        #expect(Set(received.map(Self.fields)).count == published.count)
        try machine.service.stop()
    }

    /// What tells an event from all others of the fleet.
    private static func identity(_ entry: [String: String]) -> [String?] {
        [entry["_MACHINE_ID"], entry["TELLTALE_EVENT_ID"]]
    }

    /// All that an entry says, without where it lies in its file.
    private static func fields(_ entry: [String: String]) -> [String: String] {
        entry.filter { !$0.key.hasPrefix("__") }
    }
}
