/// Turns the escapes of a JSON text into the characters that they stand for.
enum JSONEscapes {
    /// Appends the text whose content, quotation marks aside, is `raw`: the scanner has found it well-formed.
    ///
    /// Half a surrogate pair becomes U+FFFD: no UTF-8 can hold it.
    static func append(_ raw: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        let start = text.count
        text.append(contentsOf: raw)
        // No character takes more bytes than its escape, so the text is written over what was already read.
        let length = text.withUnsafeMutableBytes { bytes in
            unescape(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
        }
        text.removeLast(raw.count - length)
    }

    /// Unescapes in place; returns the length of the text, which begins where `raw` did.
    private static func unescape(_ raw: UnsafeMutableRawBufferPointer) -> Int {
        var read = 0
        var written = 0
        while read < raw.count {
            let byte = raw[read]
            guard byte == UInt8(ascii: "\\"), read &+ 1 < raw.count else {
                raw[written] = byte
                read &+= 1
                written &+= 1
                continue
            }
            if raw[read &+ 1] == UInt8(ascii: "u") {
                let (character, length) = character(ofEscapeAt: read, in: UnsafeRawBufferPointer(raw))
                read &+= length
                written = write(character, to: raw, at: written)
            } else {
                raw[written] = meaning(ofEscaped: raw[read &+ 1])
                read &+= 2
                written &+= 1
            }
        }
        return written
    }

    private static func meaning(ofEscaped byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: byte
        }
    }

    /// What `\uXXXX`, or a pair of them, stands for, and how many bytes are read.
    private static func character(
        ofEscapeAt place: Int, in raw: UnsafeRawBufferPointer
    ) -> (character: UInt32, length: Int) {
        // The scanner lets no shorter escape pass.
        guard let unit = codeUnit(in: raw, at: place) else { return (0xFFFD, raw.count &- place) }
        guard unit & 0xF800 == 0xD800 else { return (unit, 6) }
        if unit < 0xDC00, let low = codeUnit(in: raw, at: place &+ 6), (0xDC00...0xDFFF).contains(low) {
            return (0x10000 &+ ((unit &- 0xD800) &<< 10) &+ (low &- 0xDC00), 12)
        }
        return (0xFFFD, 6)
    }

    /// The code unit of an escape `\uXXXX` at `place`; nil when none stands there.
    private static func codeUnit(in raw: UnsafeRawBufferPointer, at place: Int) -> UInt32? {
        guard place &+ 6 <= raw.count, raw[place] == UInt8(ascii: "\\"), raw[place &+ 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = HexDigit.value(of: raw[place &+ offset]) else { return nil }
            unit = unit &<< 4 | UInt32(digit)
        }
        return unit
    }

    /// Writes a character, which is no surrogate, in UTF-8; returns the place after it.
    private static func write(_ character: UInt32, to bytes: UnsafeMutableRawBufferPointer, at place: Int) -> Int {
        let length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4
        guard length > 1 else {
            bytes[place] = UInt8(truncatingIfNeeded: character)
            return place &+ 1
        }
        // The first byte tells the length by its leading ones; each byte after it holds six bits.
        let lead: UInt8 = length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0
        var rest = character
        for offset in stride(from: length &- 1, to: 0, by: -1) {
            bytes[place &+ offset] = 0x80 | UInt8(truncatingIfNeeded: rest & 0x3F)
            rest &>>= 6
        }
        bytes[place] = lead | UInt8(truncatingIfNeeded: rest)
        return place &+ length
    }
}
