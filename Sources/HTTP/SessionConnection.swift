internal import NIOCore
internal import NIOHTTP1
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
        let route: HTTPRoute
        let outcome: ExchangeOutcome
        var attempt: ConnectionAttempt?
        var handler: ExchangeHandler?

        init(_ message: RequestMessage, by route: HTTPRoute, telling outcome: ExchangeOutcome) {
            self.message = message
            self.route = route
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
    func begin(_ message: RequestMessage, by route: HTTPRoute, telling outcome: ExchangeOutcome) {
        let exchange = Exchange(message, by: route, telling: outcome)
        current = exchange
        if let kept = takeIdle(for: route.origin) {
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
        current?.attempt?.cancel()
        current?.handler?.close()
        current = nil
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
        exchange.handler = handler
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
                        handler: handler, origin: exchange.route.origin, since: Clocks.nanosecondsSinceBoot())
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

    private func connect(for exchange: Exchange) {
        let attempt = ConnectionAttempt(to: exchange.route, on: loop)
        exchange.attempt = attempt
        exchange.handler = nil
        attempt.start { [self] result in
            exchange.attempt = nil
            do throws(HTTPFailure) {
                carry(exchange, on: try makeHandler(on: try result.get()), isReused: false)
            } catch {
                settle(exchange, .failure(error))
            }
        }
    }

    private func makeHandler(on channel: any Channel) throws(HTTPFailure) -> ExchangeHandler {
        let size = AnswerSizeHandler(limit: limits.answerSize)
        let handler = ExchangeHandler(counting: size) { [weak self] in self?.idle = nil }
        let pipeline = channel.pipeline.syncOperations
        do {
            try pipeline.addHandler(size)
            try pipeline.addHTTPClientHandlers()
            try pipeline.addHandler(handler)
        } catch {
            channel.close(promise: nil)
            throw HTTPFailure(exchanging: error)
        }
        return handler
    }
}
