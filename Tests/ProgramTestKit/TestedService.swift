import Foundation

/// A place with a log root, a spool and an agent's directory, in which the service is started again and again.
///
/// What was started last is killed when the test lets this go.
package final class TestedService {
    package let scratch: ScratchDirectory
    /// What every start is told besides the directories.
    package var options: [String]
    private var starts = 0
    private var last: TelltaleProcess?

    package var logRoot: String { scratch("log") }
    package var spool: String { scratch("spool") }
    package var agentEvents: String { scratch("agent/events") }

    /// Makes the directories' place; `options` are for every start, such as `["--ndjson", "-"]`.
    package init(_ options: [String] = ["--agent-events", "off", "--ndjson", "-"]) throws {
        scratch = try ScratchDirectory()
        self.options = options
    }

    deinit {
        if let last, last.isRunning { last.signal(SIGKILL) }
    }

    /// The arguments of a start.
    package func arguments(_ command: String = "run", _ more: [String] = []) -> [String] {
        [
            command, "--extension-log-dir", logRoot, "--agent-events-dir", agentEvents, "--spool-dir", spool,
            "--fetch-metadata", "off",
        ] + options + more
    }

    /// Starts the service, without waiting for anything.
    package func launch(
        _ more: [String] = [], wrapper: [String] = [], environment: [String: String] = [:]
    ) throws -> TelltaleProcess {
        let process = try TelltaleProcess(arguments("run", more), wrapper: wrapper, environment: environment)
        last = process
        return process
    }

    /// Starts the service and waits until it is ready.
    package func start(
        _ more: [String] = [], wrapper: [String] = [], environment: [String: String] = [:]
    ) throws -> (TelltaleProcess, NotifySocket) {
        starts += 1
        let notify = try NotifySocket(at: scratch("notify-\(starts)"))
        let process = try launch(
            more, wrapper: wrapper, environment: environment.merging(["NOTIFY_SOCKET": notify.path]) { $1 })
        guard notify.wait(for: { $0 == "READY=1" }) else {
            throw TestKitError("it did not become ready; it said: \(process.errors)")
        }
        return (process, notify)
    }

    package func publisher(_ handler: String) throws -> EventPublisher {
        try EventPublisher(root: logRoot, handler: handler)
    }

    /// The claims of a handler that wait in the spool.
    package func claims(of handler: String) -> [String] {
        let owed = (try? FileManager.default.contentsOfDirectory(atPath: "\(spool)/owed")) ?? []
        return (["extensions"] + owed.map { "owed/\($0)/extensions" }).flatMap { shelf in
            (try? FileManager.default.contentsOfDirectory(atPath: "\(spool)/\(shelf)/\(handler)")) ?? []
        }
    }
}
