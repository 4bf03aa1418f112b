import Foundation

/// The program as a service in a ``SystemdBox``, with a log root and a spool of its own.
package struct BoxedService {
    package let name: String
    package let box: SystemdBox
    package let logRoot: String
    package let spool: String

    /// Writes the unit; it is not started.
    ///
    /// - Parameters:
    ///   - name: of the unit, without `.service`, and of its directory in the box's.
    ///   - box: where it runs.
    ///   - settings: further lines of the unit's section `[Service]`.
    ///   - options: further options of the program.
    ///   - before: a shell command that ends before the program starts, as the same process.
    /// - Throws: what went wrong with the unit.
    package init(
        _ name: String, in box: SystemdBox, settings: [String] = [], options: [String] = [], before: String = "true"
    ) throws {
        self.name = name
        self.box = box
        logRoot = box.directory("\(name)/log")
        spool = box.directory("\(name)/spool")
        try FileManager.default.createDirectory(atPath: logRoot, withIntermediateDirectories: true)
        let command =
            "\(TelltaleProcess.program) run --extension-log-dir \(logRoot) --agent-events off --spool-dir \(spool)"
            + " --sink journal --fetch-metadata off " + options.joined(separator: " ")
        let lines =
            ["[Service]", "Type=notify", "ExecStart=/bin/sh -c '\(before); exec \(command)'", "LimitCORE=0"] + settings
        let unit = box.directory("\(name).service")
        try (lines.joined(separator: "\n") + "\n").write(toFile: unit, atomically: true, encoding: .utf8)
        try box.demand("systemctl", "link", "--runtime", unit)
    }

    /// The service of the Debian package, which is installed in the box.
    package init(installedIn box: SystemdBox) {
        name = "telltale"
        self.box = box
        logRoot = box.outside("/var/log/azure")
        spool = box.outside("/var/lib/telltale/spool")
    }

    /// Starts it, and waits until it is ready.
    package func start() throws {
        try box.demand("systemctl", "start", name)
    }

    /// Stops it, and waits for that.
    package func stop() throws {
        try box.demand("systemctl", "stop", name)
    }

    package func property(_ property: String) throws -> String {
        try box.property(property, of: "\(name).service")
    }

    /// The delivered events.
    package func events() throws -> [[String: String]] {
        try entries().filter { $0["TELLTALE_SOURCE"] != nil }
    }

    /// All that it wrote to the journal.
    package func entries() throws -> [[String: String]] {
        try box.journal("_SYSTEMD_UNIT=\(name).service")
    }

    /// The texts of a handler's delivered events.
    package func messages(of handler: String) throws -> [String] {
        try events().filter { $0["TELLTALE_HANDLER"] == handler }.compactMap { $0["MESSAGE"] }
    }

    /// Changes the installed unit by lines of its section `[Service]`; none: it is as it was installed.
    package func override(_ settings: [String]) throws {
        let path = "/run/systemd/system/\(name).service.d/test.conf"
        if settings.isEmpty {
            try box.demand("rm", "-f", path)
        } else {
            try box.install((["[Service]"] + settings).joined(separator: "\n") + "\n", at: path)
        }
        try box.demand("systemctl", "daemon-reload")
    }

    /// Sends a signal to its process.
    package func signal(_ signal: String) throws {
        try box.demand("sh", "-c", "kill -\(signal) \(try property("MainPID"))")
    }

    /// The files that wait in the spool.
    package func waiting() -> [String] {
        let enumerator = FileManager.default.enumerator(atPath: spool)
        return (enumerator?.compactMap { $0 as? String } ?? [])
            .filter { $0.hasSuffix(".json") && !$0.hasPrefix("rejected") }
    }
}
