/// Eight bytes of a JSON text, looked at together.
///
/// Each test marks the high bit of the bytes that pass it. The subtraction in it may borrow and mark bytes above the
/// first that passes, never one below: so the lowest mark is exact, and that there is one at all.
struct JSONWord {
    private let word: UInt64

    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// How many bytes, from the first, are ASCII and neither a quotation mark, a backslash nor a control character.
    @inline(__always)
    var plainBytes: Int {
        let controls = (word &- Self.repeated(0x20)) & ~word
        let quotes = zeros(word ^ Self.repeated(UInt8(ascii: "\"")))
        let backslashes = zeros(word ^ Self.repeated(UInt8(ascii: "\\")))
        let marks = (controls | quotes | backslashes | word) & Self.repeated(0x80)
        return marks.trailingZeroBitCount &>> 3
    }

    @inline(__always)
    var holdsQuestionMark: Bool {
        zeros(word ^ Self.repeated(UInt8(ascii: "?"))) & Self.repeated(0x80) != 0
    }

    @inline(__always)
    private func zeros(_ word: UInt64) -> UInt64 {
        (word &- Self.repeated(0x01)) & ~word
    }

    @inline(__always)
    private static func repeated(_ byte: UInt8) -> UInt64 {
        UInt64(byte) &* 0x0101_0101_0101_0101
    }
}
