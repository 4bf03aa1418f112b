/// Turns the escapes of a JSON text into the characters that they stand for.
enum JSONEscapes {
    /// Appends the text whose content, quotation marks aside, is `raw`: the scanner has found it well-formed.
    ///
    /// Half a surrogate pair becomes U+FFFD: no UTF-8 can hold it.
    static func append(_ raw: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        var place = 0
        var copied = 0
        while place < raw.count {
            guard raw[place] == UInt8(ascii: "\\") else {
                place &+= 1
                continue
            }
            text.append(contentsOf: raw[copied..<place])
            place = appendEscape(raw, at: place, to: &text)
            copied = place
        }
        text.append(contentsOf: raw[copied...])
    }

    /// Appends the character of the escape at `place`; returns the place after it.
    private static func appendEscape(_ raw: UnsafeRawBufferPointer, at place: Int, to text: inout [UInt8]) -> Int {
        guard place &+ 1 < raw.count else { return raw.count }
        switch raw[place &+ 1] {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): return appendCodeUnit(raw, at: place, to: &text)
        case let byte: text.append(byte)
        }
        return place &+ 2
    }

    private static func appendCodeUnit(_ raw: UnsafeRawBufferPointer, at place: Int, to text: inout [UInt8]) -> Int {
        guard let unit = codeUnit(raw, at: place) else { return raw.count }
        if (0xD800...0xDBFF).contains(unit), let low = codeUnit(raw, at: place &+ 6), (0xDC00...0xDFFF).contains(low) {
            append(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), to: &text)
            return place &+ 12
        }
        append(unit, to: &text)
        return place &+ 6
    }

    /// The code unit of an escape `\uXXXX` at `place`; nil when none stands there.
    private static func codeUnit(_ raw: UnsafeRawBufferPointer, at place: Int) -> UInt32? {
        guard place &+ 6 <= raw.count, raw[place] == UInt8(ascii: "\\"), raw[place &+ 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt32 = 0
        for offset in 2..<6 {
            guard let digit = HexDigit.value(of: raw[place &+ offset]) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    private static func append(_ codePoint: UInt32, to text: inout [UInt8]) {
        let scalar = Unicode.Scalar(codePoint) ?? "\u{FFFD}"
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
