internal import NIOCore
internal import NIOHTTP1

/// The exchanges of one connection, one after the other: sends each request and gathers its answer.
final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// How an exchange ended.
    enum End {
        /// The whole answer came; `isOpen` when the connection can carry another exchange.
        case answered(HTTPAnswer, isOpen: Bool)
        /// No whole answer came, and of it not a byte when `isUntouched`. The connection is of no more use.
        case failed(HTTPFailure, isUntouched: Bool)
    }

    /// The exchange under way.
    private struct Exchange {
        let ended: (End) -> Void
        var status = 0
        var headers: [HTTPHeader] = []
        var body: [UInt8] = []
        var isKeptAlive = false
    }

    private let size: AnswerSizeHandler
    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    /// Whether the last request has left whole; one that the server answers before its end leaves a rest.
    private var isSent = true
    /// Is called when the connection ends while there is no exchange.
    private let lost: () -> Void

    /// The last handler of a connection, whose bytes `size` counts.
    init(counting size: AnswerSizeHandler, lost: @escaping () -> Void) {
        self.size = size
        self.lost = lost
    }

    /// Sends a request; `ended` is called once.
    func send(_ message: RequestMessage, ended: @escaping (End) -> Void) {
        guard let context else {
            return ended(.failed(.broken(reason: Self.endedEarly), isUntouched: true))
        }
        exchange = Exchange(ended: ended)
        size.begin()
        isSent = false
        let sent = context.eventLoop.makePromise(of: Void.self)
        // What cannot be sent shows as an error or as the connection's end.
        sent.futureResult.assumeIsolated().whenSuccess { self.isSent = true }
        context.write(wrapOutboundOut(.head(message.head)), promise: nil)
        if let body = message.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
    }

    /// Ends the connection; an exchange under way hears no more.
    func close() {
        exchange = nil
        context?.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            exchange?.status = Int(head.status.code)
            exchange?.headers = head.headers.map { HTTPHeader($0.name, $0.value) }
            exchange?.isKeptAlive = head.isKeepAlive
        case .body(let part): exchange?.body += part.readableBytesView
        case .end:
            guard let exchange = takeExchange() else { return }
            let answer = HTTPAnswer(status: exchange.status, headers: exchange.headers, body: exchange.body)
            exchange.ended(.answered(answer, isOpen: exchange.isKeptAlive && isSent))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(HTTPFailure(exchanging: error))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.broken(reason: Self.endedEarly))
    }

    private static let endedEarly = "the connection was closed before the answer's end"

    private func end(_ failure: HTTPFailure) {
        if let exchange = takeExchange() {
            exchange.ended(.failed(failure, isUntouched: size.received == 0))
        } else {
            lost()
        }
    }

    private func takeExchange() -> Exchange? {
        defer { exchange = nil }
        return exchange
    }
}
