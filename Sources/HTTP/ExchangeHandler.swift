internal import NIOCore
internal import NIOHTTP1

/// One exchange on its connection: sends the request and gathers the answer.
///
/// The first outcome counts; the promise takes no second one.
final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequest
    private let promise: EventLoopPromise<HTTPAnswer>
    private var status = 0
    private var headers: [HTTPHeader] = []
    private var body: [UInt8] = []

    /// An exchange whose outcome the promise is told.
    init(_ request: HTTPRequest, answering promise: EventLoopPromise<HTTPAnswer>) {
        self.request = request
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        var headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        let origin = request.origin
        let isUsual = origin.port == origin.scheme.usualPort
        headers.add(name: "Host", value: isUsual ? origin.host : "\(origin.host):\(origin.port)")
        headers.add(name: "Connection", value: "close")
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: request.target, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        // What cannot be sent shows as an error or as the connection's end.
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
            headers = head.headers.map { HTTPHeader($0.name, $0.value) }
        case .body(let part): body += part.readableBytesView
        case .end: promise.succeed(HTTPAnswer(status: status, headers: headers, body: body))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(HTTPFailure(exchanging: error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(HTTPFailure.broken(reason: "the connection was closed before the answer's end"))
    }
}
