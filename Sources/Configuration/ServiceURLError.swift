/// Why a text is no URL of a service.
package enum ServiceURLError: Error, Hashable, Sendable {
    /// A character that stands in no URL.
    case character
    case notAbsolute
    case scheme(String)
    case user
    /// What should be the host, with or without a port.
    case endpoint(String)
    /// Where something is appended to the path.
    case query
}

extension ServiceURLError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .character:
            "it has white space or a character beyond ASCII; such characters are written as % and two digits"
        case .notAbsolute: "http:// or https:// and a host were expected, such as https://collector.example:4318"
        case .scheme(let name): "\(name) is not spoken; http or https was expected"
        case .user: "it has a user's name; what proves who is asking belongs in a header"
        case .endpoint(let text): "\(text.isEmpty ? "nothing" : text) is no host with or without a port"
        case .query: "it has a query or a fragment; a path is appended to it, so neither was expected"
        }
    }
}
