internal import NIOCore
internal import NIOHTTP1
internal import SystemCalls

/// The one exchange of a connection to a ``LocalHTTPServer``, after whose answer it is closed.
final class LocalExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let respond: LocalHTTPServer.Responder
    private var head: HTTPRequestHead?
    /// A second request on the connection is left aside.
    private var hasRequest = false

    init(_ respond: @escaping LocalHTTPServer.Responder) {
        self.respond = respond
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        // Nothing that is asked here has one; it is not kept.
        case .body: break
        case .end:
            guard let head, !hasRequest else { return }
            hasRequest = true
            answer(head, in: context)
        }
    }

    private func answer(_ head: HTTPRequestHead, in context: ChannelHandlerContext) {
        let channel = context.channel
        let respond = respond
        Self.peer(of: channel).whenComplete { peer in
            let request = LocalHTTPServer.Request(
                method: head.method.rawValue, target: head.uri, peer: try? peer.get())
            respond(request) { answer in
                channel.eventLoop.execute { Self.write(answer(), to: channel) }
            }
        }
    }

    private static func peer(of channel: any Channel) -> EventLoopFuture<PeerCredentials> {
        guard let options = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        return options.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: PeerCredentials.option))
    }

    private static func write(_ answer: HTTPAnswer, to channel: any Channel) {
        var headers = HTTPHeaders(answer.headers.map { ($0.name, $0.value) })
        headers.add(name: "Content-Length", value: String(answer.body.count))
        headers.add(name: "Connection", value: "close")
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        channel.write(OutboundOut.head(head), promise: nil)
        channel.write(OutboundOut.body(.byteBuffer(ByteBuffer(bytes: answer.body))), promise: nil)
        channel.writeAndFlush(OutboundOut.end(nil)).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Whoever asked speaks no HTTP, or has gone.
        context.close(promise: nil)
    }
}
