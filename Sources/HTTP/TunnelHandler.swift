internal import NIOCore
internal import NIOHTTP1

/// Asks a proxy for a tunnel to a server (CONNECT), and leaves the connection to who speaks through it.
final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let encoder = HTTPRequestEncoder()
    private let decoder = ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .forwardBytes))
    private let server: HTTPOrigin
    private let proxy: HTTPProxy
    private var ended: ((Result<Void, HTTPFailure>) -> Void)?

    private init(to server: HTTPOrigin, by proxy: HTTPProxy, ended: @escaping (Result<Void, HTTPFailure>) -> Void) {
        self.server = server
        self.proxy = proxy
        self.ended = ended
    }

    /// Asks on an open connection to the proxy; `ended` is called once, and then nothing of this is left on the connection.
    static func dig(
        to server: HTTPOrigin, by proxy: HTTPProxy, on channel: any Channel,
        ended: @escaping (Result<Void, HTTPFailure>) -> Void
    ) throws {
        let handler = TunnelHandler(to: server, by: proxy, ended: ended)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(handler.encoder)
        try pipeline.addHandler(handler.decoder)
        try pipeline.addHandler(handler)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let target = "\(server.host):\(server.port)"
        var headers = HTTPHeaders([("Host", target)])
        if let authorization = proxy.authorization {
            headers.add(name: "Proxy-Authorization", value: authorization.text)
        }
        let head = HTTPRequestHead(version: .http1_1, method: .CONNECT, uri: target, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        // What cannot be sent shows as the connection's end.
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let status = Int(head.status.code)
            if !(200...299).contains(status) { end(.failure(.proxyRefused(reason: "status \(status)"))) }
        case .body: break
        case .end: leave(context.pipeline.syncOperations)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.failure(.proxyRefused(reason: HTTPFailure.reason(of: error))))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.failure(.proxyRefused(reason: "the connection was closed before the answer's end")))
    }

    private func leave(_ pipeline: ChannelPipeline.SynchronousOperations) {
        guard ended != nil else { return }
        let gone = [
            pipeline.removeHandler(encoder), pipeline.removeHandler(decoder), pipeline.removeHandler(self),
        ]
        EventLoopFuture.andAllSucceed(gone, on: pipeline.eventLoop).assumeIsolated().whenComplete { [self] result in
            end(result.mapError { .proxyRefused(reason: HTTPFailure.reason(of: $0)) })
        }
    }

    private func end(_ result: Result<Void, HTTPFailure>) {
        let ended = ended
        self.ended = nil
        ended?(result)
    }
}
