internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import SystemCalls

/// The one connection of a session, on the event loop: made when an exchange needs it, and kept for the next one.
final class SessionConnection {
    /// A connection without an exchange.
    private struct Idle {
        let handler: ExchangeHandler
        let origin: HTTPOrigin
        /// Nanoseconds since boot.
        let since: UInt64
    }

    /// An exchange under way.
    private final class Exchange {
        let message: RequestMessage
        let outcome: ExchangeOutcome
        /// Those that are being made for it, or the one that carries it.
        var channels: [any Channel] = []

        init(_ message: RequestMessage, telling outcome: ExchangeOutcome) {
            self.message = message
            self.outcome = outcome
        }
    }

    private let loop: any EventLoop
    private let limits: HTTPLimits
    private let options: HTTPSession.Options
    private var idle: Idle?
    private var current: Exchange?

    init(on loop: any EventLoop, limits: HTTPLimits, options: HTTPSession.Options) {
        self.loop = loop
        self.limits = limits
        self.options = options
    }

    /// Begins an exchange; only one is under way.
    func begin(_ message: RequestMessage, telling outcome: ExchangeOutcome) {
        let exchange = Exchange(message, telling: outcome)
        current = exchange
        if let kept = takeIdle(for: message.origin) {
            carry(exchange, on: kept, isReused: true)
        } else {
            connect(for: exchange)
        }
    }

    /// Ends the exchange of an outcome that nobody waits for any more.
    func abandon(_ outcome: ExchangeOutcome) {
        if current?.outcome === outcome { close() }
    }

    /// Ends every connection.
    func close() {
        idle?.handler.close()
        idle = nil
        let channels = current?.channels ?? []
        current = nil
        for channel in channels { channel.close(promise: nil) }
    }

    private func takeIdle(for origin: HTTPOrigin) -> ExchangeHandler? {
        guard let idle else { return nil }
        self.idle = nil
        let age = Duration.nanoseconds(Int64(clamping: Clocks.nanosecondsSinceBoot() - idle.since))
        if idle.origin == origin, age <= limits.idleTime { return idle.handler }
        idle.handler.close()
        return nil
    }

    // MARK: An exchange on its connection

    /// 408: the server waited for a request for as long as it would (RFC 9110, 15.5.9).
    private static let requestTimeout = 408

    private func carry(_ exchange: Exchange, on handler: ExchangeHandler, isReused: Bool) {
        handler.send(exchange.message) { [self] end in
            guard exchange === current else { return handler.close() }
            switch end {
            case .answered(let answer, isOpen: false) where isReused && answer.status == Self.requestTimeout:
                // Meant for the request that did not come while the connection was idle.
                handler.close()
                connect(for: exchange)
            case .answered(let answer, let isOpen):
                settle(exchange, .success(answer))
                if isOpen, options.connections == .kept {
                    idle = Idle(
                        handler: handler, origin: exchange.message.origin, since: Clocks.nanosecondsSinceBoot())
                } else {
                    handler.close()
                }
            case .failed(_, isUntouched: true) where isReused:
                connect(for: exchange)
            case .failed(let failure, _):
                settle(exchange, .failure(failure))
            }
        }
    }

    private func settle(_ exchange: Exchange, _ result: Result<HTTPAnswer, HTTPFailure>) {
        current = nil
        exchange.outcome.tell(result)
    }

    // MARK: Connecting

    /// What no connection takes: the thread that waits for the exchange abandons it long before, and a timer of the loop's
    /// would wake the process once more after the connection was made.
    private static let noTimeout = TimeAmount.hours(24 * 365)

    private func connect(for exchange: Exchange) {
        let bound = NIOLoopBound((self, exchange), eventLoop: loop)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(Self.noTimeout).channelInitializer { channel in
            let (session, exchange) = bound.value
            guard exchange === session.current else { return channel.eventLoop.makeFailedFuture(CancellationError()) }
            exchange.channels.append(channel)
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        let origin = exchange.message.origin
        let host = origin.host.first == "[" ? String(origin.host.dropFirst().dropLast()) : origin.host
        // An address needs no resolver, which would start threads of its own.
        let channel =
            if let address = try? SocketAddress(ipAddress: host, port: origin.port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: host, port: origin.port)
            }
        channel.assumeIsolated().whenComplete { [self] result in
            guard exchange === current else { return }
            do {
                let channel = try result.get()
                exchange.channels = [channel]
                carry(exchange, on: try makeHandler(on: channel), isReused: false)
            } catch {
                settle(exchange, .failure(HTTPFailure(connecting: error)))
            }
        }
    }

    private func makeHandler(on channel: any Channel) throws -> ExchangeHandler {
        let size = AnswerSizeHandler(limit: limits.answerSize)
        let handler = ExchangeHandler(counting: size) { [weak self] in self?.idle = nil }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(size)
        try pipeline.addHTTPClientHandlers()
        try pipeline.addHandler(handler)
        return handler
    }
}
