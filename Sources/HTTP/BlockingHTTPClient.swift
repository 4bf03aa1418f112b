internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// Asks HTTP servers for threads of our own, which wait for the answer.
///
/// All exchanges share one event loop's thread, which starts with the first of them and sleeps in the kernel between them:
/// nothing here runs on Swift's pool, whose timer would wake the process every second. No proxy is used, whatever the
/// environment says, and no redirect is followed: where the machine's own services are is the operator's to say.
package final class BlockingHTTPClient: Sendable {
    /// What works while there is something to ask.
    private struct Engine {
        let group: MultiThreadedEventLoopGroup
        let client: HTTPClient
    }

    private let limits: HTTPLimits
    private let engine = Mutex<Engine?>(nil)

    /// A client whose every exchange has the same limits.
    package init(limits: HTTPLimits) {
        self.limits = limits
    }

    deinit {
        guard let engine = engine.withLock({ $0 }) else { return }
        // What is left to close is nobody's any more, so that a failure concerns nobody either.
        try? engine.client.syncShutdown()
        try? engine.group.syncShutdownGracefully()
    }

    /// Sends a request and waits for the whole answer, at most for the time of the limits.
    ///
    /// Never to be called on the event loop's thread.
    ///
    /// - Throws: why there is no answer; a status that tells of a fault is an answer.
    package func exchange(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPAnswer {
        let deadline = NIODeadline.now() + limits.amount
        let client = client()
        do {
            let headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
            let message = try HTTPClient.Request(url: request.url, headers: headers)
            let body = ResponseAccumulator(request: message, maxBodySize: limits.answerSize)
            let answer = try client.execute(request: message, delegate: body, deadline: deadline).wait()
            let bytes = answer.body.map { Array($0.readableBytesView) } ?? []
            return HTTPAnswer(status: Int(answer.status.code), body: bytes)
        } catch {
            throw HTTPFailure(error, limits: limits)
        }
    }

    private func client() -> HTTPClient {
        engine.withLock { engine in
            if let engine { return engine.client }
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
            engine = Engine(group: group, client: client)
            return client
        }
    }

    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.proxy = nil
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: limits.amount)
        // Who asks decides when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        // The next question is minutes away; an open connection would cost a timer and the server a descriptor.
        configuration.connectionPool.idleTimeout = .milliseconds(1)
        return configuration
    }
}

extension HTTPLimits {
    fileprivate var amount: TimeAmount {
        .nanoseconds(time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000)
    }
}
