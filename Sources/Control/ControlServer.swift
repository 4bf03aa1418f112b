package import HTTP
package import Reporting
internal import SystemCalls
package import SystemPackage

/// The socket at which a running service answers what it is asked: its status, its metrics, a reload.
///
///     GET /status     the status as JSON
///     GET /metrics    the same for Prometheus, in its text format
///     POST /reload    reads the configuration again; for root and the service's own user
///
/// Who may connect may ask for the first two; the socket's directory and mode say who that is.
package final class ControlServer: Sendable {
    /// What the service can be asked; each closure answers from whatever thread, and false when too many wait already.
    package struct Questions: Sendable {
        package var status: @Sendable (@escaping @Sendable (ServiceStatus) -> Void) -> Bool
        package var reload: @Sendable (@escaping @Sendable (ReloadOutcome) -> Void) -> Bool

        package init(
            status: @escaping @Sendable (@escaping @Sendable (ServiceStatus) -> Void) -> Bool,
            reload: @escaping @Sendable (@escaping @Sendable (ReloadOutcome) -> Void) -> Bool
        ) {
            self.status = status
            self.reload = reload
        }
    }

    /// The header field of a status with the instant of the service's start, which tells one start or reload from the next.
    static let startField = "Telltale-Started-At"
    /// The header field of a status with what the service is about.
    static let activityField = "Telltale-Activity"

    private let server: LocalHTTPServer

    /// A server on the event loop of a client; it listens nowhere yet.
    package init(on client: HTTPClient, questions: Questions) {
        server = LocalHTTPServer(on: client) { request, answer in
            Self.respond(to: request, questions, answer)
        }
    }

    /// Listens at a path.
    ///
    /// - Throws: what the kernel said; `addressInUse` where another process answers there.
    package func start(at path: FilePath) throws(Errno) {
        try server.start(at: path)
    }

    /// Takes no more questions, and waits a moment for the answers that are under way.
    package func stop() {
        server.stop(within: .seconds(1))
    }

    /// Texts are made on the event loop: the collector's thread, which answers the questions, has events to deliver.
    private static func respond(
        to request: LocalHTTPServer.Request, _ questions: Questions, _ answer: @escaping LocalHTTPServer.Answerer
    ) {
        let isTaken =
            switch (request.method, request.target) {
            case ("GET", "/status"):
                questions.status { status in answer { statusAnswer(status, "application/json", status.json) } }
            case ("GET", "/metrics"):
                questions.status { status in answer { statusAnswer(status, metricsType, status.metrics) } }
            case ("POST", "/reload") where mayReload(request.peer):
                questions.reload { outcome in answer { reloadAnswer(outcome) } }
            case ("POST", "/reload"): refuse(403, "Only root and the service's own user may do that.", answer)
            case (_, "/status"), (_, "/metrics"), (_, "/reload"):
                refuse(405, "That is asked by another method.", answer)
            default: refuse(404, "There is /status, /metrics and /reload.", answer)
            }
        if !isTaken { answer { text(503, "Too many questions wait for an answer.") } }
    }

    private static let metricsType = "text/plain; version=0.0.4; charset=utf-8"

    private static func mayReload(_ peer: PeerCredentials?) -> Bool {
        peer.map { $0.user == 0 || $0.user == Machine.userID() } ?? false
    }

    private static func statusAnswer(_ status: ServiceStatus, _ type: String, _ body: String) -> HTTPAnswer {
        HTTPAnswer(
            status: 200,
            headers: [
                HTTPHeader("Content-Type", type), HTTPHeader(startField, String(status.process.startedAt)),
                HTTPHeader(activityField, status.activity.rawValue),
            ], body: Array(body.utf8))
    }

    private static func reloadAnswer(_ outcome: ReloadOutcome) -> HTTPAnswer {
        switch outcome {
        case .unchanged: text(200, "The configuration is what it was.")
        case .accepted: text(202, "The new configuration takes effect.")
        case .refused(let reasons): text(422, reasons.joined(separator: "\n"))
        }
    }

    private static func refuse(_ status: Int, _ reason: String, _ answer: LocalHTTPServer.Answerer) -> Bool {
        answer { text(status, reason) }
        return true
    }

    private static func text(_ status: Int, _ line: String) -> HTTPAnswer {
        HTTPAnswer(
            status: status, headers: [HTTPHeader("Content-Type", "text/plain; charset=utf-8")],
            body: Array("\(line)\n".utf8))
    }
}
