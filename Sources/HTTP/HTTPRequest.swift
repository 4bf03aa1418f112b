/// A question to an HTTP server: a GET of one URL.
package struct HTTPRequest: Hashable, Sendable {
    /// An absolute URL; plain `http` only.
    package let url: String
    package let headers: [HTTPHeader]

    package init(url: String, headers: [HTTPHeader] = []) {
        self.url = url
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
