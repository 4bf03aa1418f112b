import Foundation
import ProgramTestKit

/// The key of a receiver of journals, and the certificate that it shows.
struct FleetCertificate {
    /// The receiver's name in the README.
    static let name = "journal.example"

    let key: String
    let certificate: String

    init() throws {
        let directory = try ScratchDirectory()
        let (key, certificate) = (directory("key.pem"), directory("certificate.pem"))
        let made = try OtherCommand.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=\(Self.name)", "-addext", "subjectAltName=DNS:\(Self.name)", "-keyout", key,
            "-out", certificate,
        ])
        guard made.exit == 0 else { throw TestKitError("openssl makes no certificate: \(made.output)") }
        self.key = try String(contentsOfFile: key, encoding: .utf8)
        self.certificate = try String(contentsOfFile: certificate, encoding: .utf8)
    }
}

/// The systemd-journal-remote of a fleet, set up as the README says.
struct FleetReceiver {
    let box: SystemdBox

    init(in box: SystemdBox, showing certificate: FleetCertificate) throws {
        self.box = box
        try FleetConfiguration().install("/etc/systemd/system/systemd-journal-remote.service.d/fleet.conf", in: box)
        try box.install(certificate.key, at: "/etc/ssl/private/\(FleetCertificate.name).pem", mode: "600")
        try box.install(certificate.certificate, at: "/etc/ssl/certs/\(FleetCertificate.name).pem")
        try box.demand("systemctl", "daemon-reload")
        try box.demand("systemctl", "enable", "--now", "systemd-journal-remote.socket")
    }

    /// Ends it in the middle of whatever it does; its port refuses from then on.
    func kill() throws {
        try box.demand("systemctl", "stop", "systemd-journal-remote.socket")
        try box.run("systemctl", "kill", "--signal", "KILL", "systemd-journal-remote")
        guard try eventually({ try box.property("MainPID", of: "systemd-journal-remote.service") == "0" }) else {
            throw TestKitError("the receiver does not end")
        }
    }

    func start() throws {
        try box.run("systemctl", "reset-failed", "systemd-journal-remote.service")
        try box.demand("systemctl", "start", "systemd-journal-remote.socket")
    }

    /// What it has received.
    func entries() throws -> [[String: String]] {
        try box.journal(in: "/var/log/journal/remote")
    }

    /// The events that it has received.
    func events() throws -> [[String: String]] {
        try box.journal(in: "/var/log/journal/remote", "TELLTALE_SOURCE=extension")
    }
}

/// A machine of a fleet: telltale as a service, and systemd-journal-upload, set up as the README says.
struct FleetMachine {
    let box: SystemdBox
    let service: BoxedService
    private let publisher: EventPublisher

    /// - Parameters:
    ///   - name: the host's.
    ///   - box: where it runs.
    ///   - certificate: whom it trusts.
    ///   - pause: what is to be waited between two starts of the uploader, instead of what the README says.
    /// - Throws: what could not be set up.
    init(
        _ name: String, in box: SystemdBox, trusting certificate: FleetCertificate, pause: String? = nil
    ) throws {
        self.box = box
        service = try BoxedService("telltale", in: box)
        publisher = try EventPublisher(root: service.logRoot, handler: "Test.Fleet")
        try box.demand("hostname", name)
        try box.demand("sh", "-c", "echo 127.0.0.1 \(FleetCertificate.name) >>/etc/hosts")
        let configuration = try FleetConfiguration()
        try configuration.install("/etc/systemd/system/telltale.service.d/fleet.conf", in: box)
        try configuration.install("/etc/systemd/journald@telltale.conf", in: box)
        try configuration.install("/etc/systemd/system/systemd-journal-upload.service.d/fleet.conf", in: box)
        if let pause {
            try box.install(
                "[Service]\nRestartSec=\(pause)\n",
                at: "/etc/systemd/system/systemd-journal-upload.service.d/pause.conf")
        }
        try box.install(certificate.certificate, at: "/etc/ssl/certs/fleet-ca.pem")
        try box.demand("systemctl", "daemon-reload")
    }

    /// Starts telltale, then what uploads its journal.
    func start() throws {
        try service.start()
        try box.demand("systemctl", "enable", "--now", "systemd-journal-upload")
    }

    func publish(_ file: Int, _ messages: [String]) throws {
        try publisher.publish(
            "\(file).json", "[\(messages.map { EventPublisher.event($0) }.joined(separator: ","))]")
    }

    /// The events in telltale's journal on the machine.
    func events() throws -> [[String: String]] {
        let machineID = try box.run("cat", "/etc/machine-id").output.trimmingCharacters(in: .whitespacesAndNewlines)
        return try box.journal(in: "/var/log/journal/\(machineID).telltale", "TELLTALE_SOURCE=extension")
    }
}
