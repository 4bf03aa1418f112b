package import HTTP
internal import Reporting
internal import SystemCalls
internal import SystemPackage

/// Asks a running service at its control socket.
package struct ControlClient: Sendable {
    /// A service that is alive answers within milliseconds.
    private static let limits = HTTPLimits(time: .seconds(5), answerSize: 16 << 20)

    private let path: String
    private let session: HTTPSession

    /// A client of the socket at a path; nothing is asked yet.
    package init(path: String, client: HTTPClient) {
        self.path = path
        session = HTTPSession(
            client, limits: Self.limits, options: HTTPSession.Options(connections: .oneEach, localSocket: path))
    }

    /// Asks, and waits for the answer, whatever its status is.
    ///
    /// - Throws: why there is none.
    package func ask(_ method: HTTPRequest.Method, _ target: String) throws(ControlFailure) -> HTTPAnswer {
        do throws(Errno) {
            _ = try OwnedDescriptor(connectingTo: FilePath(path), .stream)
        } catch {
            throw ControlFailure(connecting: error, to: path)
        }
        do throws(HTTPFailure) {
            return try session.exchange(
                HTTPRequest(method, to: HTTPOrigin(host: "localhost", port: 80), target: target))
        } catch {
            throw .noAnswer(path, reason: error.description)
        }
    }

    /// Asks for something that is there, and waits for it.
    ///
    /// - Throws: why there is no answer, also where the service has too much to do.
    package func get(_ target: String) throws(ControlFailure) -> [UInt8] {
        let answer = try ask(.get, target)
        guard answer.status == 200 else {
            let text = String(decoding: answer.body, as: UTF8.self).prefix { $0 != "\n" }
            throw .noAnswer(path, reason: "status \(answer.status): \(text)")
        }
        return answer.body
    }

    /// Asks the service to read its configuration again, and waits until a new one is in force.
    ///
    /// - Throws: why that cannot be known.
    package func reload() throws(ControlFailure) -> ReloadResult {
        let before = try start()
        let answer = try ask(.post, "/reload")
        let text = String(decoding: answer.body, as: UTF8.self)
        switch answer.status {
        case 200: return .unchanged
        case 202: return try awaitStart(after: before.startedAt)
        case 422: return .refused(text.split(separator: "\n").map(String.init))
        case 403: throw .notPermitted(path)
        default: throw .noAnswer(path, reason: "status \(answer.status): \(text)")
        }
    }

    /// What a reload came to.
    package enum ReloadResult: Hashable, Sendable {
        case inForce
        /// The same, and the first scan by it takes longer than ``longestReload``.
        case scanning
        case unchanged
        /// The old configuration stays in force.
        case refused([String])
        /// The new one was accepted, but the service did not answer again within ``longestReload``.
        case gone
    }

    /// How long a reload is waited for.
    package static let longestReload: Duration = .seconds(60)
    /// How often it is asked for meanwhile.
    private static let pause: Duration = .milliseconds(20)

    private func start() throws(ControlFailure) -> (startedAt: String?, isReady: Bool) {
        let answer = try ask(.get, "/status")
        return (
            answer[ControlServer.startField],
            answer[ControlServer.activityField] == ServiceStatus.Activity.ready.rawValue
        )
    }

    private func awaitStart(after earlier: String?) throws(ControlFailure) -> ReloadResult {
        let end = ContinuousClock.now + Self.longestReload
        let clock = Monitor(())
        var result = ReloadResult.gone
        while ContinuousClock.now < end {
            // Between the two nobody listens.
            if let now = try? start(), now.startedAt != earlier {
                if now.isReady { return .inForce }
                result = .scanning
            }
            _ = clock.wait(atMost: Self.pause) { _ in Optional<Void>.none }
        }
        return result
    }
}
