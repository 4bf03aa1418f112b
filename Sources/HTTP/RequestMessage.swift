internal import NIOCore
internal import NIOHTTP1

/// A request as it goes on the wire.
struct RequestMessage: Sendable {
    let head: HTTPRequestHead
    /// Nil when there is none.
    let body: ByteBuffer?

    /// - Parameters:
    ///   - request: what is asked.
    ///   - compressed: its body compressed by gzip, if it is to be sent so.
    ///   - options: those of the session.
    init(_ request: HTTPRequest, compressed: ByteBuffer?, options: HTTPSession.Options) {
        let origin = request.origin
        body = compressed ?? (request.body.isEmpty ? nil : ByteBuffer(bytes: request.body))
        var headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        let isUsual = origin.port == origin.scheme.usualPort
        headers.add(name: "Host", value: isUsual ? origin.host : "\(origin.host):\(origin.port)")
        if request.method == .post || body != nil {
            headers.add(name: "Content-Length", value: "\(body?.readableBytes ?? 0)")
        }
        if compressed != nil { headers.add(name: "Content-Encoding", value: "gzip") }
        if options.connections == .oneEach { headers.add(name: "Connection", value: "close") }
        head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: request.target,
            headers: headers)
    }
}
