/// Where a service, or a document of one, is: an absolute URL of HTTP, taken apart.
package struct ServiceURL: Hashable, Sendable {
    /// How the service is spoken to.
    package enum Scheme: String, Hashable, Sendable, CaseIterable {
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
    package let endpoint: ServiceEndpoint
    /// The path with the query; a fragment is no part of it.
    package let target: String

    /// A document of a service that is reached by plain HTTP.
    package init(_ endpoint: ServiceEndpoint, _ target: String) {
        self.init(.http, endpoint, target)
    }

    private init(_ scheme: Scheme, _ endpoint: ServiceEndpoint, _ target: String) {
        self.scheme = scheme
        self.endpoint = endpoint
        self.target = target
    }

    /// Reads an absolute URL in printable ASCII.
    ///
    /// - Throws: what is wrong with it; a user's name is wrong too.
    package init(_ text: String) throws(ServiceURLError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .character }
        let name = text.prefix { $0 != ":" && $0 != "/" }
        let mark = "://"
        guard !name.isEmpty, text[name.endIndex...].hasPrefix(mark) else { throw .notAbsolute }
        guard let scheme = Scheme(rawValue: name.lowercased()) else { throw .scheme(String(name)) }
        let rest = text[name.endIndex...].dropFirst(mark.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { throw .user }
        guard let endpoint = ServiceEndpoint(String(authority), usualPort: scheme.usualPort) else {
            throw .endpoint(String(authority))
        }
        let target = rest[authority.endIndex...].prefix { $0 != "#" }
        self.init(scheme, endpoint, target.first == "/" ? String(target) : "/" + target)
    }

    /// Reads the URL of a service whose documents are named by what is appended to it.
    ///
    /// Its `target` ends without a `/`, and is empty where the URL has no path.
    ///
    /// - Throws: what is wrong with it; a query and a fragment are wrong too.
    package init(base text: String) throws(ServiceURLError) {
        let url = try ServiceURL(text)
        guard !text.contains("?"), !text.contains("#") else { throw .query }
        var path = url.target[...]
        while path.last == "/" { path.removeLast() }
        self.init(url.scheme, url.endpoint, String(path))
    }
}

extension ServiceURL: CustomStringConvertible {
    package var description: String { "\(scheme.rawValue)://\(endpoint)\(target)" }
}
