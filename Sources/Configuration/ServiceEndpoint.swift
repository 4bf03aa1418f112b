/// The host and the port of a service.
package struct ServiceEndpoint: Hashable, Sendable {
    /// A name or an address, in lower case; an IPv6 address stands in brackets.
    package let host: String
    package let port: Int

    /// The longest name of a host (RFC 1035), in bytes.
    private static let hostLength = 253

    /// Reads `HOST[:PORT]`, with the port of plain HTTP where none is named; nil for anything else.
    package init?(_ text: String) {
        self.init(text, usualPort: ServiceURL.Scheme.http.usualPort)
    }

    /// Reads `HOST[:PORT]`; nil for anything else.
    init?(_ text: String, usualPort: Int) {
        let host: Substring
        let rest: Substring
        if text.first == "[" {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            host = text[...bracket]
            rest = text[text.index(after: bracket)...]
            let inside = host.dropFirst().dropLast()
            guard inside.contains(":"), inside.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                return nil
            }
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
            guard !host.isEmpty, host.allSatisfy(Self.isOfName) else { return nil }
        }
        guard host.utf8.count <= Self.hostLength, host.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        self.host = host.lowercased()
        if rest.isEmpty {
            port = usualPort
        } else {
            let digits = rest.dropFirst()
            guard rest.first == ":", digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(digits),
                (1...65_535).contains(port)
            else { return nil }
            self.port = port
        }
    }

    private static func isOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "." || character == "-" || character == "_"
    }
}

extension ServiceEndpoint: CustomStringConvertible {
    package var description: String { "\(host):\(port)" }
}
