/// A question to an HTTP server: a GET over a plain connection.
package struct HTTPRequest: Hashable, Sendable {
    /// The server's name or address; an IPv6 address stands in brackets.
    package let host: String
    package let port: Int
    /// The path with the query, in printable ASCII.
    package let target: String
    /// Beside those that every request needs (`Host`, `Connection`).
    package let headers: [HTTPHeader]

    package init(host: String, port: Int, target: String, headers: [HTTPHeader] = []) {
        self.host = host
        self.port = port
        self.target = target
        self.headers = headers
    }
}

/// A header field by name and value.
package struct HTTPHeader: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
