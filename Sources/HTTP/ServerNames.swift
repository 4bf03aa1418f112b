internal import NIOSSL

/// The names and the addresses that a certificate vouches for.
///
/// The library takes a certificate for a name also when it is one for the address that the name was resolved to. Whoever
/// forges that address could then pass for the server with a certificate of his own machine's, so that a certificate
/// with addresses must have the name, too.
struct ServerNames {
    private let names: [[UInt8]]
    private let hasAddress: Bool

    init(names: [String], hasAddress: Bool) {
        self.names = names.map { $0.utf8.map(Self.lowercased) }
        self.hasAddress = hasAddress
    }

    init(of certificate: NIOSSLCertificate) {
        let alternatives = certificate._subjectAlternativeNames()
        self.init(
            names: alternatives.filter { $0.nameType == .dnsName }.map { String(decoding: $0.contents, as: UTF8.self) },
            hasAddress: alternatives.contains { $0.nameType == .ipAddress })
    }

    /// Whether the library's word suffices for a server of this name, or the certificate has it.
    func mayBelong(to host: String) -> Bool {
        guard hasAddress else { return true }
        let host = host.utf8.map(Self.lowercased)
        let rest = host.drop { $0 != UInt8(ascii: ".") }
        return names.contains { name in
            // A star is a whole first label (RFC 9525, 6.3).
            name == host || name.first == UInt8(ascii: "*") && name.dropFirst() == rest && rest.count > 1
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
}
