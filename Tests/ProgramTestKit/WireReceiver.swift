import Foundation

/// A server that plays the WireServer's telemetry channel and remembers the messages that it accepted.
package final class WireReceiver: Sendable {
    /// What a test decides about a request by the messages in it: a status, and header fields.
    package typealias Policy = @Sendable (_ messages: [String], _ call: Int) -> (status: Int, headers: [String])

    /// What came, shared with the server's threads.
    private final class Log: @unchecked Sendable {
        // Unchecked: `lock` guards the rest.
        private let lock = NSLock()
        private var accepted: [String] = []
        private var calls = 0
        private var instants: [(at: TimeInterval, status: Int)] = []

        func answer(_ messages: [String], _ policy: Policy) -> HTTPServer.Reply {
            let call = lock.withLock {
                calls += 1
                return calls
            }
            let (status, headers) = policy(messages, call)
            lock.withLock {
                if (200...202).contains(status) { accepted += messages }
                instants.append((ProcessInfo.processInfo.systemUptime, status))
            }
            return .answer(status: status, headers: headers, body: status < 300 ? "" : "the test says \(status)")
        }

        var messages: [String] { lock.withLock { accepted } }
        var statuses: [Int] { lock.withLock { instants.map(\.status) } }
    }

    private let log = Log()
    package let server: HTTPServer

    /// Listens on any free port or on the one that is given; without a policy every request is accepted.
    package init(port: Int = 0, _ policy: @escaping Policy = { _, _ in (200, []) }) throws {
        server = try HTTPServer(port: port) { [log] request in
            guard request.method == "POST", request.target == "/machine?comp=telemetrydata" else {
                return .answer(status: 404, body: "")
            }
            return log.answer(Self.messages(in: String(decoding: request.body, as: UTF8.self)), policy)
        }
    }

    /// The messages of the requests that were accepted, in their order.
    package var messages: [String] { log.messages }

    /// The statuses of all answers, in their order.
    package var statuses: [Int] { log.statuses }

    /// Waits until so many messages were accepted.
    package func waitForMessages(_ count: Int) -> Bool {
        eventually { messages.count >= count }
    }

    /// The events' messages in a body, but for Telltale's own reports; tests write none that XML would escape.
    private static func messages(in body: String) -> [String] {
        body.components(separatedBy: "<Event ").dropFirst().compactMap { event in
            guard event.contains("Name=\"EventName\""), !event.contains("Value=\"Log\"") else { return nil }
            let parts = event.components(separatedBy: "<Param Name=\"Context1\" Value=\"")
            return parts.count == 2 ? parts[1].components(separatedBy: "\" T=").first : nil
        }
    }
}
