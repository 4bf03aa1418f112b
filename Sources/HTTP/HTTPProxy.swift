/// A proxy that requests go through.
package struct HTTPProxy: Hashable, Sendable {
    /// Its name or address; an IPv6 address stands in brackets.
    package let host: String
    package let port: Int
    /// The value of `Proxy-Authorization`, where the proxy wants to know who asks.
    let authorization: Secret?

    /// A text that is not shown by accident.
    struct Secret: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
        let text: String

        var description: String { "(hidden)" }
        var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// - Parameters:
    ///   - host: a name or an address; an IPv6 address stands in brackets.
    ///   - port: where it listens.
    ///   - credentials: user and password, with a colon between them.
    package init(host: String, port: Int, credentials: [UInt8]? = nil) {
        self.host = host
        self.port = port
        authorization = credentials.map { Secret(text: "Basic \(Self.base64($0))") }
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0..<4 {
                text.append(place > group.count ? UInt8(ascii: "=") : digits[bits >> (18 - 6 * place) & 63])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension HTTPProxy: CustomStringConvertible {
    /// Without the credentials.
    package var description: String { "http://\(host):\(port)" }
}
