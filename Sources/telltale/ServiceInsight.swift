internal import Collection
internal import Configuration
internal import Control
internal import HTTP
internal import Reporting
internal import SystemCalls
internal import SystemPackage

/// The ways in which others see from outside how the service is: its control socket, and its metrics file.
final class ServiceInsight {
    private let configuration: EffectiveConfiguration
    private let questions: ControlServer.Questions
    private let notices: NoticeLog
    private var server: ControlServer?
    private var metrics: MetricsFile?

    /// Nothing is open before ``start(on:)``.
    init(_ configuration: EffectiveConfiguration, requests: CollectorRequests, notices: NoticeLog) {
        self.configuration = configuration
        self.notices = notices
        questions = ControlServer.Questions(
            status: { answer in requests.submit(.status(answer)) },
            reload: { answer in requests.submit(.reload(answer)) })
    }

    /// Opens what is configured.
    ///
    /// - Throws: why something that an operator named cannot be opened.
    func start(on client: HTTPClient) throws {
        try startServer(on: client)
        guard let path = configuration.text(.metricsFile) else { return }
        let metrics = MetricsFile(at: FilePath(path), notices: notices, ask: questions.status)
        try ServiceFailure.wrapping("A thread cannot be started") { try metrics.start() }
        self.metrics = metrics
    }

    /// Where nobody named a socket, the usual one is opened if its directory is there, which the unit makes.
    private func startServer(on client: HTTPClient) throws {
        guard let path = configuration.text(.controlSocket), path != SettingKind.noFile else { return }
        let isNamed = configuration[.controlSocket].source != .fallback
        let place = FilePath(path)
        if !isNamed, (try? Directory(at: place.containingDirectory)) == nil { return }
        do throws(Errno) {
            try client.start()
            let server = ControlServer(on: client, questions: questions)
            try server.start(at: place)
            self.server = server
        } catch {
            let reason = error == .addressInUse ? "another process answers there, or it is no socket" : "\(error)"
            let message = "the control socket \(path) cannot be opened: \(reason)"
            guard !isNamed else {
                throw ServiceFailure(
                    "\(message); name another with \(Setting.Key.controlSocket.option), or none.",
                    exitCode: .cannotCreate,
                    underlying: error)
            }
            notices.tell(
                Notice(
                    .controlSocketTrouble, about: path,
                    "\(message), so that telltale status and telltale reload do not work here.",
                    fields: [.errorNumber(error)]),
                now: Clocks.nanosecondsSinceBoot())
        }
    }

    /// Takes note that something can be told that was not so before.
    func changed() {
        metrics?.changed()
    }

    /// Closes the socket, after the answers that are under way, and removes the metrics file.
    func stop() {
        server?.stop()
        metrics?.stop()
    }
}
