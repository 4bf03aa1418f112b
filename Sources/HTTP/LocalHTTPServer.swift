internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization
package import SystemCalls
package import SystemPackage

/// Answers HTTP requests on a local socket, on the event loop of a client.
///
/// A connection carries one exchange and lives for ``longestExchange`` at most; ``connections`` are served at a time, and further
/// ones are closed.
package final class LocalHTTPServer: Sendable {
    /// A question to this server.
    package struct Request: Sendable {
        package let method: String
        /// The path with the query.
        package let target: String
        /// Nil when the kernel does not tell.
        package let peer: PeerCredentials?
    }

    /// Answers a request, from whatever thread, by calling its second argument once with what makes the answer, on the event
    /// loop.
    ///
    /// Both are called on the event loop and must not block.
    package typealias Responder = @Sendable (Request, @escaping Answerer) -> Void
    package typealias Answerer = @Sendable (@escaping @Sendable () -> HTTPAnswer) -> Void

    private struct State {
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
        var isStopping = false
    }

    private static let connections = 16
    private static let longestExchange = TimeAmount.seconds(10)
    /// Connections that the kernel keeps until they are taken.
    private static let backlog: Int32 = 16

    private let client: HTTPClient
    private let respond: Responder
    private let state = Monitor(State())

    /// A server that listens nowhere yet.
    package init(on client: HTTPClient, respond: @escaping Responder) {
        self.client = client
        self.respond = respond
    }

    /// Listens at a path, in the place of a socket that nobody answers at any more.
    ///
    /// The owner and the group of the process may connect.
    ///
    /// - Throws: what the kernel said; `addressInUse` where another process answers there, or the path is no socket's.
    package func start(at path: FilePath) throws(Errno) {
        guard try !Self.isAnswered(path) else { throw .addressInUse }
        let loop = try client.startedLoop()
        let bootstrap = ServerBootstrap(group: loop).serverChannelOption(ChannelOptions.backlog, value: Self.backlog)
            // The loop must not be the last to hold the client, which it would have to wait for.
            .childChannelInitializer { [state, respond] channel in
                channel.eventLoop.makeCompletedFuture { try Self.take(channel, state, respond) }
            }
        do {
            let listener = try bootstrap.bind(unixDomainSocketPath: path.string, cleanupExistingSocketFile: true)
                .wait()
            state.withLock { $0.listener = listener }
        } catch {
            // What else the library throws is that the path is no socket's.
            throw Errno(rawValue: (error as? IOError)?.errnoCode ?? Errno.addressInUse.rawValue)
        }
        try path.setPermissionsOfSocket(0o660)
    }

    /// Takes no further connections and waits until those that there are have their answers, but no longer than `time`.
    package func stop(within time: Duration) {
        let listener = state.withLock { state in
            state.isStopping = true
            return state.listener
        }
        // A connection that came after this would be open when the caller goes on.
        _ = try? listener?.close().wait()
        _ = state.wait(atMost: time) { $0.connections.isEmpty ? () : nil }
    }

    private static func isAnswered(_ path: FilePath) throws(Errno) -> Bool {
        do throws(Errno) {
            _ = try OwnedDescriptor(connectingTo: path, .stream)
            return true
        } catch .connectionRefused, .noSuchFileOrDirectory {
            return false
        }
    }

    private static func take(_ channel: any Channel, _ state: Monitor<State>, _ respond: @escaping Responder) throws {
        let key = ObjectIdentifier(channel)
        let isTaken = state.withLock { state in
            guard !state.isStopping, state.connections.count < connections else { return false }
            state.connections[key] = channel
            return true
        }
        guard isTaken else { return channel.close(promise: nil) }
        let timeout = channel.eventLoop.assumeIsolated().scheduleTask(in: longestExchange) {
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in
            timeout.cancel()
            state.withLock { $0.connections[key] = nil }
            state.wake()
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false)
        try pipeline.addHandler(LocalExchangeHandler(respond))
    }
}
