/// Why and where a text is no JSON.
///
/// It is cheap to throw: the words for people are made by `reason(in:)`.
struct JSONFault: Error, Equatable {
    enum Kind: Equatable {
        /// The text ended where `expected` should have followed.
        case unexpectedEnd
        case unexpectedByte
        case invalidUTF8
        case tooDeep(limit: Int)
    }

    let kind: Kind
    /// Where in the file, in bytes.
    let offset: Int
    /// What should have stood there, as the subject of a sentence.
    let expected: String

    init(_ kind: Kind, at offset: Int, expected: String = "") {
        self.kind = kind
        self.offset = offset
        self.expected = expected
    }

    /// What the reason begins with when the file is no UTF-8.
    static let encodingReason = "well-formed UTF-8 was expected"

    /// What was found and what was expected.
    func reason(in bytes: UnsafeRawBufferPointer) -> String {
        switch kind {
        case .unexpectedEnd: "unexpected end of the file, \(expected) was expected"
        case .unexpectedByte: "\(expected) was expected, found \(found(in: bytes))"
        case .invalidUTF8: Self.encodingReason + ", found \(found(in: bytes))"
        case .tooDeep(let limit): "lists and objects stand in one another deeper than \(limit)"
        }
    }

    private func found(in bytes: UnsafeRawBufferPointer) -> String {
        guard bytes.indices.contains(offset) else { return "the end of the file" }
        let byte = bytes[offset]
        return switch byte {
        case 0x20: "a blank"
        case 0x21..<0x7F: String(UnicodeScalar(byte))
        default: "byte 0x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
