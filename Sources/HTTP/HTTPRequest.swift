/// A question to an HTTP server.
package struct HTTPRequest: Hashable, Sendable {
    /// What is asked for.
    package enum Method: String, Hashable, Sendable {
        case get = "GET"
        case post = "POST"
    }

    package let origin: HTTPOrigin
    package let method: Method
    /// The path with the query, in printable ASCII.
    package let target: String
    /// Beside those that every request needs (`Host`, `Connection`, `Content-Length`).
    package let headers: [HTTPHeader]
    /// Empty for a GET.
    package let body: [UInt8]

    package init(
        _ method: Method = .get, to origin: HTTPOrigin, target: String, headers: [HTTPHeader] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.origin = origin
        self.target = target
        self.headers = headers
        self.body = body
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
