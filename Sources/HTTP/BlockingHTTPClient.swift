internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization
package import SystemPackage

/// Asks HTTP servers for threads of our own, which wait for the answer.
///
/// All exchanges share one event loop's thread, which starts with the first of them at the latest and sleeps in the kernel between them:
/// nothing here runs on Swift's pool, whose timer would wake the process every second. Each exchange has a connection of its
/// own. No proxy is used, whatever the environment says, and no redirect is followed: where a machine's own services are is
/// the operator's to say.
package final class BlockingHTTPClient: Sendable {
    private let limits: HTTPLimits
    private let group = Mutex<MultiThreadedEventLoopGroup?>(nil)

    /// A client whose every exchange has the same limits.
    package init(limits: HTTPLimits) {
        self.limits = limits
    }

    deinit {
        // A loop that does not close leaves a thread that sleeps; nobody is left who could do more about it.
        try? group.withLock { $0 }?.syncShutdownGracefully()
    }

    /// What the event loop opens for itself and for a first connection.
    private static let neededDescriptors = 4

    /// Starts the event loop's thread, before others take the descriptors that it needs.
    ///
    /// - Throws: what the kernel said when there are too few: the library would end the process.
    package func start() throws(Errno) {
        do {
            var spare: [SystemPackage.FileDescriptor] = []
            defer { for descriptor in spare { try? descriptor.close() } }
            for _ in 0..<Self.neededDescriptors {
                spare.append(try SystemPackage.FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec))
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
        _ = startedGroup()
    }

    /// Sends a request and waits for the whole answer, at most for the time of the limits.
    ///
    /// - Throws: why there is no answer; a status that tells of a fault is an answer.
    package func exchange(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPAnswer {
        let loop = startedGroup().next()
        let promise = loop.makePromise(of: HTTPAnswer.self)
        let limits = limits
        let deadline = loop.scheduleTask(in: limits.amount) { promise.fail(HTTPFailure.timedOut(after: limits.time)) }
        let connection = connect(loop, for: request, answering: promise)
        connection.whenFailure { promise.fail(HTTPFailure(connecting: $0, limits: limits)) }
        promise.futureResult.whenComplete { _ in
            deadline.cancel()
            // One that is not made yet is closed as soon as it is.
            connection.whenSuccess { $0.close(promise: nil) }
        }
        do {
            return try promise.futureResult.wait()
        } catch {
            throw error as? HTTPFailure ?? .broken(reason: "\(error)")
        }
    }

    private func connect(
        _ loop: any EventLoop, for request: HTTPRequest, answering promise: EventLoopPromise<HTTPAnswer>
    ) -> EventLoopFuture<any Channel> {
        let limits = limits
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(limits.amount).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(AnswerSizeHandler(limit: limits.answerSize))
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(ExchangeHandler(request, answering: promise))
            }
        }
        let origin = request.origin
        let host = origin.host.first == "[" ? String(origin.host.dropFirst().dropLast()) : origin.host
        // An address needs no resolver, which would start threads of its own.
        if let address = try? SocketAddress(ipAddress: host, port: origin.port) {
            return bootstrap.connect(to: address)
        }
        return bootstrap.connect(host: host, port: origin.port)
    }

    private func startedGroup() -> MultiThreadedEventLoopGroup {
        group.withLock { group in
            if let group { return group }
            let started = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            group = started
            return started
        }
    }
}

extension HTTPLimits {
    fileprivate var amount: TimeAmount {
        .nanoseconds(time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000)
    }
}
