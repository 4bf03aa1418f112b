internal import NIOCore

/// Ends an exchange whose answer grows beyond the limit, before anything of it is parsed or kept.
final class AnswerSizeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let limit: Int
    private var received = 0

    /// Lets `limit` bytes pass.
    init(limit: Int) {
        self.limit = limit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard received <= limit else { return }
        received += unwrapInboundIn(data).readableBytes
        if received > limit {
            context.fireErrorCaught(HTTPFailure.tooLarge(limit: limit))
        } else {
            context.fireChannelRead(data)
        }
    }
}
