internal import NIOCore

/// An address of the internet protocol, by its bytes.
struct NetworkAddress: Hashable {
    /// 4 or 16.
    let bytes: [UInt8]

    /// Reads an address, with or without brackets; nil for a name.
    init?(_ text: String) {
        guard let address = try? SocketAddress(ipAddress: HTTPRoute.bare(text), port: 0) else { return nil }
        // Where the address begins and how long it is (struct sockaddr_in and sockaddr_in6 of Linux).
        let range =
            switch address {
            case .v4: 4..<8
            default: 8..<24
            }
        bytes = address.withSockAddr { pointer, size in
            Array(UnsafeRawBufferPointer(start: pointer, count: size)[range])
        }
    }

    /// Whether it means this machine.
    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// Whether the first `length` bits are those of another address.
    func shares(_ length: Int, bitsWith other: NetworkAddress) -> Bool {
        guard bytes.count == other.bytes.count, (0...bytes.count * 8).contains(length) else { return false }
        let whole = length / 8
        guard bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
        let rest = length % 8
        return rest == 0 || (bytes[whole] ^ other.bytes[whole]) >> (8 - rest) == 0
    }
}
