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
        let host = isUsual ? origin.host : "\(origin.host):\(origin.port)"
        headers.add(name: "Host", value: host)
        var target = request.target
        // A proxy is told the whole URL; through a tunnel the server itself is spoken to.
        if let proxy = options.proxy, origin.scheme == .http {
            target = "http://\(host)\(target)"
            if let authorization = proxy.authorization {
                headers.add(name: "Proxy-Authorization", value: authorization.text)
            }
        }
        if request.method == .post || body != nil {
            headers.add(name: "Content-Length", value: "\(body?.readableBytes ?? 0)")
        }
        if compressed != nil { headers.add(name: "Content-Encoding", value: "gzip") }
        if options.connections == .oneEach { headers.add(name: "Connection", value: "close") }
        head = HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: request.method.rawValue), uri: target,
            headers: headers)
    }
}
