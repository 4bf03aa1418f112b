internal import Configuration

/// Where a document is: plain HTTP, host and port, and what to ask for there.
struct ServiceURL: Hashable {
    let endpoint: ServiceEndpoint
    /// The path with the query; a fragment is no part of it.
    let target: String

    init(_ endpoint: ServiceEndpoint, _ target: String) {
        self.endpoint = endpoint
        self.target = target
    }

    /// Reads an absolute URL in printable ASCII; nil for another scheme, and for one with a user's name.
    init?(_ text: String) {
        let scheme = "http://"
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), text.prefix(scheme.count).lowercased() == scheme
        else {
            return nil
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let endpoint = ServiceEndpoint(String(authority)) else { return nil }
        self.endpoint = endpoint
        let target = rest[authority.endIndex...].prefix { $0 != "#" }
        self.target = target.first == "/" ? String(target) : "/" + target
    }
}
