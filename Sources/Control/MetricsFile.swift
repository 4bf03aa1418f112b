package import Reporting
internal import SystemCalls
package import SystemPackage

/// A file with the metrics of the service, written again after changes, on a thread of its own.
///
/// It is for the node exporter's textfile collector, which reads files whose names end in `.prom`.
package final class MetricsFile: Sendable {
    private struct State: Sendable {
        var isStale = true
        var isStopping = false
        var hasEnded = true
        var latest: ServiceStatus?
    }

    /// The least time between two writes: Prometheus asks no more often by default.
    private static let interval: Duration = .seconds(15)
    /// How long a status is waited for.
    private static let patience: Duration = .seconds(10)
    /// How often trouble is told, in nanoseconds.
    private static let noticePeriod: UInt64 = 3_600_000_000_000

    private let path: FilePath
    private let ask: @Sendable (@escaping @Sendable (ServiceStatus) -> Void) -> Bool
    private let notices: NoticeLog
    private let state = Monitor(State())

    /// A file that is to be written, by what `ask` answers on whatever thread.
    package init(
        at path: FilePath, notices: NoticeLog,
        ask: @escaping @Sendable (@escaping @Sendable (ServiceStatus) -> Void) -> Bool
    ) {
        self.path = path
        self.notices = notices
        self.ask = ask
    }

    /// Starts the thread, which writes the file for the first time; once.
    package func start() throws(Errno) {
        state.withLock { $0.hasEnded = false }
        try Thread(named: "metrics") { [self] in run() }.detach()
    }

    /// Takes note that the file no longer tells what is so.
    package func changed() {
        state.withLock { $0.isStale = true }
        state.wake()
    }

    /// Ends the thread, and removes the file: nobody should take old numbers for new ones.
    package func stop() {
        state.withLock { $0.isStopping = true }
        state.wake()
        _ = state.wait(atMost: .seconds(1)) { $0.hasEnded ? () : nil }
        do throws(Errno) {
            guard let last = path.lastComponent else { return }
            let (directory, name) = (try Directory(at: path.containingDirectory), FileName(last.string.utf8))
            // What could not be replaced is not ours.
            guard try directory.status(of: name)?.kind == .regular else { return }
            try directory.removeFile(name)
        } catch .noSuchFileOrDirectory {
            return
        } catch {
            tell("cannot be removed", error)
        }
    }

    private func run() {
        while waitForChange() {
            let isWritten = currentStatus().map(write) ?? false
            // What could not be written now is tried again after the same pause.
            if !isWritten { state.withLock { $0.isStale = true } }
            _ = state.wait(atMost: Self.interval) { $0.isStopping ? () : nil }
        }
        state.withLock { $0.hasEnded = true }
        state.wake()
    }

    /// False at the end.
    private func waitForChange() -> Bool {
        state.wait { state in
            if state.isStopping { return false }
            guard state.isStale else { return nil }
            state.isStale = false
            return true
        }
    }

    private func currentStatus() -> ServiceStatus? {
        // An answer that came too late for the last question.
        state.withLock { $0.latest = nil }
        let isAsked = ask { [state] status in
            state.withLock { $0.latest = status }
            state.wake()
        }
        guard isAsked else { return nil }
        let answer: ServiceStatus?? = state.wait(atMost: Self.patience) { state in
            if state.isStopping { return .some(nil) }
            guard let latest = state.latest else { return nil }
            state.latest = nil
            return .some(latest)
        }
        return answer ?? nil
    }

    private func write(_ status: ServiceStatus) -> Bool {
        do {
            try path.replaceContents(with: status.metrics, readers: .everybody)
            return true
        } catch {
            tell("cannot be written", error)
            return false
        }
    }

    private func tell(_ what: String, _ error: Errno) {
        notices.tell(
            Notice(
                .metricsFileTrouble, about: path.string, "The metrics file \(path) \(what): \(error).",
                fields: [.errorNumber(error)]),
            every: Self.noticePeriod, now: Clocks.nanosecondsSinceBoot())
    }
}
