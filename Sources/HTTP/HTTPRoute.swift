internal import NIOSSL

/// The way to a server.
struct HTTPRoute: Sendable {
    let origin: HTTPOrigin
    let proxy: HTTPProxy?
    /// The local socket at which the server is; nil for one on the network.
    var localSocket: String?
    /// For a server that is spoken to by TLS.
    let tls: NIOSSLContext?

    /// Whom the connection is made to.
    var firstHop: (host: String, port: Int) {
        proxy.map { ($0.host, $0.port) } ?? (origin.host, origin.port)
    }

    /// The host as a name or an address without brackets.
    static func bare(_ host: String) -> String {
        host.first == "[" ? String(host.dropFirst().dropLast()) : host
    }
}
