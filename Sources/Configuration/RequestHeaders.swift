/// Header fields that an operator wants in every request, such as a token: `Name=value,Name=value`, the form of
/// OpenTelemetry's own variables; a comma or another special character of a value is written as % and two digits.
package struct RequestHeaders: Hashable, Sendable {
    /// In the order in which they were written.
    package let fields: [(name: String, value: String)]

    package static func == (left: RequestHeaders, right: RequestHeaders) -> Bool {
        left.fields.elementsEqual(right.fields, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        for field in fields {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
    }

    /// Nil for what has not this form, and for a name that every request has from us.
    package init?(_ written: String) {
        var fields: [(name: String, value: String)] = []
        for part in written.split(separator: ",", omittingEmptySubsequences: false) {
            guard let mark = part.firstIndex(of: "=") else { return nil }
            let name = part[..<mark].trimmed
            guard let value = Self.decoded(part[part.index(after: mark)...].trimmed), Self.isName(name) else {
                return nil
            }
            fields.append((name, value))
        }
        guard !fields.isEmpty else { return nil }
        self.fields = fields
    }

    /// Fields that say how the request is sent.
    private static let ours: Set<String> = [
        "host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding",
    ]

    /// A token of RFC 9110.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && !ours.contains(name.lowercased())
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Nil for a value that a line of a request cannot hold.
    private static func decoded(_ written: String) -> String? {
        var bytes: [UInt8] = []
        var rest = written.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = Substring(rest.prefix(2))
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let decoded = UInt8(digits, radix: 16) else {
                return nil
            }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        guard bytes.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Substring {
    /// Without blanks at either end.
    fileprivate var trimmed: String {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
