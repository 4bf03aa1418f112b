/// Whom a request goes to.
package struct HTTPOrigin: Hashable, Sendable {
    /// How the server is spoken to.
    package enum Scheme: String, Hashable, Sendable {
        case http
        case https

        /// The port where none is named.
        package var usualPort: Int {
            switch self {
            case .http: 80
            case .https: 443
            }
        }
    }

    package let scheme: Scheme
    /// The server's name or address; an IPv6 address stands in brackets.
    package let host: String
    package let port: Int

    package init(scheme: Scheme = .http, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }
}

extension HTTPOrigin: CustomStringConvertible {
    package var description: String { "\(scheme.rawValue)://\(host):\(port)" }
}
