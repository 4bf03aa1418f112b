/// Which proxy the environment wants a server to be reached by.
///
/// `http_proxy` (in this spelling only: a web server that runs programs puts what a client sends into `HTTP_PROXY`),
/// `https_proxy` or `HTTPS_PROXY`, then `all_proxy` or `ALL_PROXY`; an empty one counts as not set. `no_proxy` or `NO_PROXY` has the
/// exceptions, and this machine itself always is one.
package struct ProxyEnvironment: Sendable {
    private let variables: [String: String]
    private let exceptions: ProxyExceptions

    /// Takes the variables of the environment; those of other names do not matter.
    package init(variables: [String: String]) {
        let variables = variables.filter { !$0.value.isEmpty }
        self.variables = variables
        exceptions = ProxyExceptions(variables["no_proxy"] ?? variables["NO_PROXY"] ?? "")
    }

    /// The proxy for a server.
    ///
    /// - Returns: nil when there is none for it.
    /// - Throws: what is wrong with the variable that decides.
    package func proxy(for origin: HTTPOrigin) throws(ProxyError) -> HTTPProxy? {
        let own =
            switch origin.scheme {
            case .http: ["http_proxy"]
            case .https: ["https_proxy", "HTTPS_PROXY"]
            }
        let names = own + ["all_proxy", "ALL_PROXY"]
        guard let name = names.first(where: { variables[$0] != nil }), let text = variables[name],
            !exceptions.contain(origin)
        else { return nil }
        do throws(ProxyError.Reason) {
            return try HTTPProxy(text)
        } catch {
            throw ProxyError(variable: name, reason: error)
        }
    }
}

extension ProxyError.Reason: Error {}

extension HTTPProxy {
    /// The port where a variable names none.
    private static let usualPort = 80
    /// What others may speak to a proxy by.
    private static let unspokenSchemes = ["https", "socks", "socks4", "socks4a", "socks5", "socks5h"]

    /// Reads `[http://][USER[:PASSWORD]@]HOST[:PORT][/]`.
    fileprivate init(_ text: String) throws(ProxyError.Reason) {
        var rest = text[...]
        if let separator = text.firstRange(of: "://") {
            let scheme = text[..<separator.lowerBound].lowercased()
            if Self.unspokenSchemes.contains(scheme) { throw .scheme(scheme) }
            guard scheme == "http" else { throw .malformed }
            rest = text[separator.upperBound...]
        }
        if rest.last == "/" { rest = rest.dropLast() }
        var credentials: [UInt8]?
        if let at = rest.lastIndex(of: "@") {
            let user = Self.decoded(rest[..<at])
            credentials = user.contains(UInt8(ascii: ":")) ? user : user + [UInt8(ascii: ":")]
            rest = rest[rest.index(after: at)...]
        }
        guard let (host, port) = HostAndPort.split(rest) else { throw .malformed }
        self.init(host: host, port: port ?? Self.usualPort, credentials: credentials)
    }

    /// The bytes that a text with `%20` and the like stands for.
    private static func decoded(_ text: Substring) -> [UInt8] {
        var rest = Array(text.utf8)[...]
        var bytes: [UInt8] = []
        while let first = rest.popFirst() {
            let code = String(decoding: rest.prefix(2), as: UTF8.self)
            if first == UInt8(ascii: "%"), rest.count >= 2, code.allSatisfy(\.isHexDigit),
                let byte = UInt8(code, radix: 16)
            {
                bytes.append(byte)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(first)
            }
        }
        return bytes
    }
}
