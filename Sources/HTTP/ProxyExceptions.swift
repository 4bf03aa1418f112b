/// The servers that are reached without the proxy: what `no_proxy` lists.
struct ProxyExceptions {
    /// One of the list.
    private enum Exception {
        case everything
        /// The name, and all names below it; nil is any port.
        case name(String, port: Int?)
        case addresses(NetworkAddress, prefixLength: Int, port: Int?)
    }

    private let exceptions: [Exception]

    /// Reads names, addresses and networks, with commas or blanks between them; what is none of these excepts nothing.
    init(_ list: String) {
        exceptions = list.split { $0 == "," || $0.isWhitespace }.compactMap(Self.exception)
    }

    /// Whether a server is an exception.
    func contain(_ origin: HTTPOrigin) -> Bool {
        if let address = NetworkAddress(origin.host) {
            return address.isLoopback || exceptions.contains { Self.covers($0, address, origin.port) }
        }
        let host = Self.plain(origin.host[...])
        return Self.isBelow("localhost", host) || exceptions.contains { Self.covers($0, host, origin.port) }
    }

    private static func exception(_ text: Substring) -> Exception? {
        if text == "*" { return .everything }
        if let address = NetworkAddress(String(text)) {
            return .addresses(address, prefixLength: address.bytes.count * 8, port: nil)
        }
        if let slash = text.firstIndex(of: "/"), let address = NetworkAddress(String(text[..<slash])),
            let length = Int(text[text.index(after: slash)...])
        {
            return .addresses(address, prefixLength: length, port: nil)
        }
        guard let (host, port) = HostAndPort.split(text.first == "*" ? text.dropFirst() : text) else { return nil }
        if let address = NetworkAddress(host) {
            return .addresses(address, prefixLength: address.bytes.count * 8, port: port)
        }
        let name = plain(host.first == "." ? host.dropFirst() : host[...])
        return name.isEmpty ? nil : .name(name, port: port)
    }

    private static func covers(_ exception: Exception, _ address: NetworkAddress, _ port: Int) -> Bool {
        switch exception {
        case .everything: true
        case .name: false
        case .addresses(let network, let length, let onlyPort):
            address.shares(length, bitsWith: network) && (onlyPort ?? port) == port
        }
    }

    private static func covers(_ exception: Exception, _ host: String, _ port: Int) -> Bool {
        switch exception {
        case .everything: true
        case .addresses: false
        case .name(let name, let onlyPort): isBelow(name, host) && (onlyPort ?? port) == port
        }
    }

    private static func isBelow(_ name: String, _ host: String) -> Bool {
        host == name || host.hasSuffix("." + name)
    }

    /// In lower case, without the dot that a whole name may end in.
    private static func plain(_ host: Substring) -> String {
        (host.last == "." ? host.dropLast() : host).lowercased()
    }
}
