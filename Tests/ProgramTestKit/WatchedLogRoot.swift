import Foundation

/// A log root of a test's own and a telltale of its own that is ready and watches it.
///
/// The telltale is killed, if it still runs, when the test lets this go.
package final class WatchedLogRoot {
    package let scratch: ScratchDirectory
    /// The log root.
    package let path: String
    package let spool: String
    package let telltale: TelltaleProcess
    private let notify: NotifySocket

    /// Starts the program and waits until it is ready.
    ///
    /// - Parameters:
    ///   - options: further ones of `telltale run`.
    ///   - scratch: holds the log root `log`, if the test put something there before the start.
    ///   - spool: where to claim into, if not beside the log root.
    /// - Throws: what went wrong before the program was ready.
    package init(_ options: [String] = [], in scratch: ScratchDirectory? = nil, spool: String? = nil) throws {
        let scratch = try scratch ?? ScratchDirectory()
        self.scratch = scratch
        path = scratch("log")
        self.spool = spool ?? scratch("spool")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        notify = try NotifySocket(at: scratch("notify"))
        telltale = try TelltaleProcess(
            [
                "run", "--extension-log-dir", path, "--agent-events", "off", "--spool-dir", self.spool,
                "--ndjson", "-", "--report", scratch("report.json"), "--fetch-metadata", "off",
            ] + options, environment: ["NOTIFY_SOCKET": notify.path])
        guard notify.wait(for: { $0 == "READY=1" }) else {
            throw TestKitError("telltale is not ready; it said: \(telltale.errors)")
        }
    }

    deinit {
        // A test that failed did not stop it, and what reads its output keeps it from going by itself.
        if telltale.isRunning { telltale.signal(SIGKILL) }
    }

    /// One who writes below the log root.
    package func publisher(_ handler: String) throws -> EventPublisher {
        try EventPublisher(root: path, handler: handler)
    }

    /// How many events of publishers were delivered so far.
    package var deliveredCount: Int {
        telltale.output.count { !$0.contains("\"source\":\"telltale\"") }
    }

    /// Waits until at least `count` events of publishers were delivered.
    package func waitForEvents(_ count: Int) -> Bool {
        eventually { deliveredCount >= count || !telltale.isRunning } && deliveredCount >= count
    }

    /// Waits until telltale told the service manager a status that holds `text`.
    package func waitForStatus(_ text: String) -> Bool {
        notify.wait { $0.hasPrefix("STATUS=") && $0.contains(text) }
    }

    /// Waits until an event with this message was delivered.
    package func waitForEvent(_ message: String) -> Bool {
        let quoted = "\"value\":\"\(message)\""
        let isDelivered = { [telltale] in telltale.output.contains { $0.contains(quoted) } }
        return eventually { isDelivered() || !telltale.isRunning } && isDelivered()
    }

    /// The messages delivered so far, in order.
    package func messages() throws -> [String] {
        try telltale.events().map(\.message)
    }

    /// Makes telltale scan everything, and waits until it went on to what came after that.
    ///
    /// The event that shows it is published by a handler of its own and counts as delivered.
    package func rescan() throws {
        let message = "after rescan \(UUID())"
        telltale.signal(SIGHUP)
        try publisher("Witness.Of.Rescans").publish("1.json", EventPublisher.event(message))
        guard waitForEvent(message) else { throw TestKitError("no event after a rescan: \(telltale.errors)") }
    }

    /// Ends the program, which must succeed, and reads its report.
    package func stop() throws -> WrittenReport {
        let code = try telltale.stop()
        guard code == 0 else { throw TestKitError("telltale ended with \(code); it said: \(telltale.errors)") }
        return try WrittenReport(at: scratch("report.json"))
    }

    /// The paths of all files that lie claimed in the spool.
    package func claims() -> [String] {
        let directory = "\(spool)/extensions"
        return (FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []).filter {
            var status = stat()
            return lstat("\(directory)/\($0)", &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
        }
    }
}

/// The report that a run of the program leaves, read by another JSON implementation.
package struct WrittenReport: Decodable {
    /// The counts of one handler.
    package struct Counts: Decodable {
        package let files: Int
        package let accepted: Int
        package let rejected: [String: Int]
        package let overCap: Int
        package let rejectedFiles: [String: String]
    }

    package let handlers: [String: Counts]
    package let residueRemoved: Int

    package init(at path: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
