internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// A connection in the making, on the event loop, up to where HTTP can be spoken.
final class ConnectionAttempt {
    private let route: HTTPRoute
    private let loop: any EventLoop
    /// Nil once the outcome is told, or nobody wants to hear it.
    private var ended: ((Result<any Channel, HTTPFailure>) -> Void)?
    /// A name may have several addresses, of which more than one is tried at once.
    private var channels: [any Channel] = []

    init(to route: HTTPRoute, on loop: any EventLoop) {
        self.route = route
        self.loop = loop
    }

    /// What no connection takes: the thread that waits for it gives up long before, and a timer of the loop's would wake the
    /// process once more after the connection was made.
    private static let noTimeout = TimeAmount.hours(24 * 365)

    /// Makes the connection; `ended` is called once, unless the attempt is cancelled before.
    func start(_ ended: @escaping (Result<any Channel, HTTPFailure>) -> Void) {
        self.ended = ended
        let bound = NIOLoopBound(self, eventLoop: loop)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(Self.noTimeout).channelInitializer { channel in
            let attempt = bound.value
            guard attempt.ended != nil else { return channel.eventLoop.makeFailedFuture(CancellationError()) }
            attempt.channels.append(channel)
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        let host = HTTPRoute.bare(route.firstHop.host)
        // An address needs no resolver, which would start threads of its own.
        let connected =
            if let path = route.localSocket {
                bootstrap.connect(unixDomainSocketPath: path)
            } else if let address = try? SocketAddress(ipAddress: host, port: route.firstHop.port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: host, port: route.firstHop.port)
            }
        connected.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let channel): tunnel(channel)
            case .failure(let error): end(.failure(HTTPFailure(connecting: error, by: route.proxy)))
            }
        }
    }

    /// Leaves it; nobody hears of it any more.
    func cancel() {
        ended = nil
        for channel in channels { channel.close(promise: nil) }
    }

    private func tunnel(_ channel: any Channel) {
        guard ended != nil else { return }
        guard let proxy = route.proxy, route.origin.scheme == .https else { return secure(channel) }
        if NetworkAddress(route.origin.host) != nil {
            // The library would compare the certificate with the proxy's address.
            return end(.failure(.notTrusted(reason: "an address cannot be verified through a proxy; name the server")))
        }
        do {
            try TunnelHandler.dig(to: route.origin, by: proxy, on: channel) { [self] result in
                switch result {
                case .success: secure(channel)
                case .failure(let failure): end(.failure(failure))
                }
            }
        } catch {
            end(.failure(.proxyRefused(reason: HTTPFailure.reason(of: error))))
        }
    }

    private func secure(_ channel: any Channel) {
        guard ended != nil else { return }
        guard let context = route.tls else { return end(.success(channel)) }
        do {
            let handshake = try HandshakeHandler(context, server: route.origin) { [self] result in
                end(result.map { channel })
            }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(handshake.encryption)
            try pipeline.addHandler(handshake)
        } catch {
            end(.failure(.notTrusted(reason: HTTPFailure.reason(ofTLS: error))))
        }
    }

    private func end(_ result: Result<any Channel, HTTPFailure>) {
        guard let ended else { return }
        if case .failure = result { cancel() }
        self.ended = nil
        ended(result)
    }
}
