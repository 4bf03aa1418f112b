internal import NIOCore

/// Ends an exchange whose answer grows beyond the limit, before anything of it is parsed or kept.
final class AnswerSizeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let limit: Int
    /// The bytes since the exchange began.
    private(set) var received = 0

    /// Lets `limit` bytes of each answer pass.
    init(limit: Int) {
        self.limit = limit
    }

    /// An exchange begins.
    func begin() {
        received = 0
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
