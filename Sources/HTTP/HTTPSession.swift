internal import NIOCore
internal import NIOSSL
internal import Synchronization
internal import SystemCalls
internal import SystemPackage

/// Asks HTTP servers for one thread of ours, which waits for each answer.
///
/// A session serves one exchange at a time and has one connection at most. Redirects are not followed: where a server is, is
/// the operator's to say.
package final class HTTPSession: Sendable {
    /// How a session goes about its exchanges.
    package struct Options: Sendable {
        /// What becomes of a connection between two exchanges.
        package enum Connections: Hashable, Sendable {
            /// It is kept for the next exchange with the same server, for as long as that leaves it open.
            case kept
            /// Each exchange has one of its own.
            case oneEach
        }

        /// How the bodies of requests are sent.
        package enum Compression: Hashable, Sendable {
            case none
            /// By gzip, where that makes them smaller.
            case gzip
        }

        package var connections: Connections
        /// The one that every exchange goes through, if there is one.
        package var proxy: HTTPProxy?
        package var trust: TLSTrust
        package var compression: Compression
        /// The local socket at which the server is, whatever its origin says.
        package var localSocket: String?

        package init(
            connections: Connections = .kept, proxy: HTTPProxy? = nil, trust: TLSTrust = .system,
            compression: Compression = .none, localSocket: String? = nil
        ) {
            self.connections = connections
            self.proxy = proxy
            self.trust = trust
            self.compression = compression
            self.localSocket = localSocket
        }
    }

    private struct State {
        var isBusy = false
        var connection: NIOLoopBoundBox<SessionConnection>?
        /// Made for the first exchange that needs it.
        var tls: NIOSSLContext?
    }

    private let client: HTTPClient
    private let limits: HTTPLimits
    private let options: Options
    private let state = Mutex(State())
    /// Made for the first body that needs it.
    private let encoder = Mutex<GzipEncoder?>(nil)

    /// A session whose every exchange has the same limits; no connection is made yet.
    package init(_ client: HTTPClient, limits: HTTPLimits, options: Options = Options()) {
        self.client = client
        self.limits = limits
        self.options = options
    }

    deinit {
        if let connection = state.withLock({ $0.connection }) {
            connection.eventLoop.execute { connection.value.close() }
        }
    }

    /// Sends a request and waits for the whole answer, at most for the time of the limits.
    ///
    /// A kept connection that breaks before a byte of the answer came was most likely closed by the server meanwhile, so that
    /// the request goes out once more, on a fresh one. After a failure the next exchange has a fresh connection.
    ///
    /// - Precondition: no other thread's exchange is under way.
    /// - Throws: why there is no answer; a status that tells of a fault is an answer.
    package func exchange(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPAnswer {
        let connection = try takenConnection()
        defer { state.withLock { $0.isBusy = false } }
        let route = try route(to: request.origin)
        let message = RequestMessage(request, compressed: compressed(request.body), options: options)
        let outcome = ExchangeOutcome()
        connection.eventLoop.execute { connection.value.begin(message, by: route, telling: outcome) }
        guard let result = outcome.wait(atMost: limits.time) else {
            connection.eventLoop.execute { connection.value.abandon(outcome) }
            throw .timedOut(after: limits.time)
        }
        let answer = try result.get()
        if options.proxy != nil, request.origin.scheme == .http, answer.status == Self.proxyAuthenticationRequired {
            throw .proxyRefused(reason: "status \(answer.status)")
        }
        return answer
    }

    /// Only a proxy answers it (RFC 9110, 15.5.8), so that it says nothing of the request.
    private static let proxyAuthenticationRequired = 407

    private func takenConnection() throws(HTTPFailure) -> NIOLoopBoundBox<SessionConnection> {
        try state.withLock { state throws(HTTPFailure) in
            precondition(!state.isBusy, "A session serves one exchange at a time.")
            let connection: NIOLoopBoundBox<SessionConnection>
            if let made = state.connection { connection = made } else { connection = try newConnection() }
            state.connection = connection
            state.isBusy = true
            return connection
        }
    }

    private func route(to origin: HTTPOrigin) throws(HTTPFailure) -> HTTPRoute {
        guard origin.scheme == .https else {
            return HTTPRoute(origin: origin, proxy: options.proxy, localSocket: options.localSocket, tls: nil)
        }
        // Reads files, which the event loop should not wait for.
        let tls: NIOSSLContext
        if let made = state.withLock({ $0.tls }) { tls = made } else { tls = try options.trust.context() }
        state.withLock { $0.tls = tls }
        return HTTPRoute(origin: origin, proxy: options.proxy, localSocket: options.localSocket, tls: tls)
    }

    /// A body that fits into one packet is not worth the work.
    private static let smallestCompressed = 1024

    private func compressed(_ body: [UInt8]) -> ByteBuffer? {
        guard options.compression == .gzip, body.count >= Self.smallestCompressed else { return nil }
        return encoder.withLock { encoder in
            if encoder == nil { encoder = GzipEncoder() }
            return encoder?.compressed(body)
        }
    }

    private func newConnection() throws(HTTPFailure) -> NIOLoopBoundBox<SessionConnection> {
        do {
            let loop = try client.startedLoop()
            return NIOLoopBoundBox.makeBoxSendingValue(
                SessionConnection(on: loop, limits: limits, options: options), eventLoop: loop)
        } catch {
            throw .cannotConnect(reason: error.description)
        }
    }
}
