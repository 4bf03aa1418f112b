/// A piece of well-formed UTF-8 in a buffer that it shares: a copy of the value copies no bytes.
///
/// Swift's `String` would allocate for every field and compare by canonical equivalence; event files want neither.
package struct UTF8Text: Hashable, Sendable {
    package let bytes: ArraySlice<UInt8>

    /// Takes bytes that are known to be well-formed UTF-8.
    package init(wellFormed bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// Takes the bytes of a name or of a message, with U+FFFD for what is no UTF-8.
    package init(repairing bytes: ArraySlice<UInt8>) {
        // Nearly every name is ASCII and needs neither a repair nor a copy.
        if bytes.allSatisfy({ $0 < 0x80 }) {
            self.init(wellFormed: bytes)
        } else {
            self.init(String(decoding: bytes, as: UTF8.self))
        }
    }

    package init(_ text: String) {
        bytes = Array(text.utf8)[...]
    }

    package var isEmpty: Bool { bytes.isEmpty }
}

extension UTF8Text: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        self.init(text)
    }
}

extension UTF8Text: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
