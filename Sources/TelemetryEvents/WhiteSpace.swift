/// Unicode white space, as it ends a URL and is stripped from both ends of a field.
///
/// The set is Python's `str.isspace`, which also holds the four separators U+001C to U+001F.
enum WhiteSpace {
    /// How many bytes the white space takes that begins at `place`; 0 when none does.
    @inline(__always)
    static func length(in bytes: UnsafeRawBufferPointer, at place: Int) -> Int {
        let byte = bytes[place]
        if byte < 0x80 { return isASCIIWhiteSpace(byte) ? 1 : 0 }
        return lengthBeyondASCII(in: bytes, at: place)
    }

    /// The part of well-formed `bytes` that is left without white space at both ends.
    static func strippedRange(of bytes: UnsafeRawBufferPointer) -> Range<Int> {
        var start = 0
        while start < bytes.count {
            let length = length(in: bytes, at: start)
            guard length > 0 else { break }
            start &+= length
        }
        var end = bytes.count
        while end > start {
            // Step back to where the last code point begins.
            var last = end &- 1
            while last > start, bytes[last] & 0xC0 == 0x80 { last &-= 1 }
            guard length(in: bytes, at: last) > 0 else { break }
            end = last
        }
        return start..<end
    }

    @inline(__always)
    private static func isASCIIWhiteSpace(_ byte: UInt8) -> Bool {
        byte <= 0x20 && (byte == 0x20 || (0x09...0x0D).contains(byte) || byte >= 0x1C)
    }

    private static func lengthBeyondASCII(in bytes: UnsafeRawBufferPointer, at place: Int) -> Int {
        switch bytes[place] {
        case 0xC2:
            guard place &+ 1 < bytes.count else { return 0 }
            return bytes[place &+ 1] == 0x85 || bytes[place &+ 1] == 0xA0 ? 2 : 0
        case 0xE1, 0xE2, 0xE3:
            guard place &+ 2 < bytes.count else { return 0 }
            let codePoint =
                UInt32(bytes[place] & 0x0F) << 12 | UInt32(bytes[place &+ 1] & 0x3F) << 6
                | UInt32(bytes[place &+ 2] & 0x3F)
            return switch codePoint {
            case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: 3
            default: 0
            }
        default: return 0
        }
    }
}
