internal import NIOSSL

/// The way to a server.
struct HTTPRoute: Sendable {
    let origin: HTTPOrigin
    /// For a server that is spoken to by TLS.
    let tls: NIOSSLContext?

    /// The host as a name or an address without brackets.
    static func bare(_ host: String) -> String {
        host.first == "[" ? String(host.dropFirst().dropLast()) : host
    }
}
