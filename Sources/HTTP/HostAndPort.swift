/// The text `HOST[:PORT]`, where an IPv6 address stands in brackets.
enum HostAndPort {
    /// The host in lower case, and the port if there is one; nil for anything else.
    static func split(_ text: Substring) -> (host: String, port: Int?)? {
        let host: Substring
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[...end]
            guard NetworkAddress(String(host)) != nil else { return nil }
        } else {
            host = text.prefix { $0 != ":" }
            guard !host.isEmpty, host.utf8.allSatisfy(isOfName) else { return nil }
        }
        let rest = text[host.endIndex...]
        if rest.isEmpty { return (host.lowercased(), nil) }
        let digits = rest.dropFirst()
        guard rest.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        return (host.lowercased(), port)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
