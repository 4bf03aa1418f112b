internal import TelemetryEvents

/// XML's way of writing the values of attributes, as bytes appended to a buffer.
///
/// Text stays UTF-8. What XML 1.0 has no way to write at all becomes U+FFFD: U+0000 to U+001F but for tab and line ends,
/// U+FFFE and U+FFFF. As `>` is escaped everywhere, no text ends a CDATA section.
enum XMLText {
    /// Appends a value with the quotation marks around it: double ones, but single ones for a text that has double ones and
    /// no single one.
    @inline(__always)
    static func appendQuoted(_ text: UTF8Text, to output: inout [UInt8]) {
        text.bytes.withUnsafeBytes { appendQuoted($0, to: &output) }
    }

    /// Appends the inside of a value that stands in double quotation marks.
    static func appendEscaped(_ text: UTF8Text, to output: inout [UInt8]) {
        text.bytes.withUnsafeBytes { appendEscaped($0, to: &output) }
    }

    static func appendQuoted(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        let next = firstToEscape(in: text, from: 0)
        guard next < text.count else {
            output.append(doubleQuote)
            output.append(contentsOf: text)
            output.append(doubleQuote)
            return
        }
        let quote = text.contains(doubleQuote) && !text.contains(singleQuote) ? singleQuote : doubleQuote
        output.append(quote)
        appendEscaped(text, firstAt: next, keeping: quote == singleQuote ? doubleQuote : nil, to: &output)
        output.append(quote)
    }

    static func appendEscaped(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        appendEscaped(text, firstAt: firstToEscape(in: text, from: 0), keeping: nil, to: &output)
    }

    /// `first` is the place of the first byte that may have to be escaped; `kept` is one that needs no escape here.
    private static func appendEscaped(
        _ text: UnsafeRawBufferPointer, firstAt first: Int, keeping kept: UInt8?, to output: inout [UInt8]
    ) {
        var start = 0
        var next = first
        while next < text.count {
            let byte = text[next]
            if byte == kept || (byte == firstByteOfNonCharacters && !isNonCharacter(at: next, in: text)) {
                next = firstToEscape(in: text, from: next + 1)
                continue
            }
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<next]))
            start = next + appendEscape(of: byte, to: &output)
            next = firstToEscape(in: text, from: start)
        }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
    }

    /// Appends what stands for the character that begins with `byte`, and answers how many bytes that has.
    private static func appendEscape(of byte: UInt8, to output: inout [UInt8]) -> Int {
        switch byte {
        case UInt8(ascii: "&"): append("&amp;", to: &output)
        case UInt8(ascii: "<"): append("&lt;", to: &output)
        case UInt8(ascii: ">"): append("&gt;", to: &output)
        case doubleQuote: append("&quot;", to: &output)
        case UInt8(ascii: "\t"): append("&#9;", to: &output)
        case UInt8(ascii: "\n"): append("&#10;", to: &output)
        case UInt8(ascii: "\r"): append("&#13;", to: &output)
        default:
            append("\u{FFFD}", to: &output)
            return byte == firstByteOfNonCharacters ? 3 : 1
        }
        return 1
    }

    /// Appends markup as it is.
    @inline(__always)
    static func append(_ text: StaticString, to output: inout [UInt8]) {
        output.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    // MARK: Finding what must be escaped

    private static let doubleQuote = UInt8(ascii: "\"")
    private static let singleQuote = UInt8(ascii: "'")
    /// U+FFFE and U+FFFF begin so, as do all characters from U+F000 on.
    private static let firstByteOfNonCharacters: UInt8 = 0xEF

    private static func isNonCharacter(at place: Int, in text: UnsafeRawBufferPointer) -> Bool {
        place + 2 < text.count && text[place + 1] == 0xBF && text[place + 2] >= 0xBE
    }

    /// The place of the first byte at or after `start` that may have to be escaped; the end when there is none.
    private static func firstToEscape(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
        var place = start
        let ampersand = SIMD16<UInt8>(repeating: UInt8(ascii: "&"))
        let less = SIMD16<UInt8>(repeating: UInt8(ascii: "<"))
        let greater = SIMD16<UInt8>(repeating: UInt8(ascii: ">"))
        let quote = SIMD16<UInt8>(repeating: doubleQuote)
        let nonCharacter = SIMD16<UInt8>(repeating: firstByteOfNonCharacters)
        let space = SIMD16<UInt8>(repeating: 0x20)
        while place + 16 <= text.count {
            let bytes = text.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self)
            let markup = (bytes .== ampersand) .| (bytes .== less) .| (bytes .== greater)
            let others = (bytes .< space) .| (bytes .== quote) .| (bytes .== nonCharacter)
            if any(markup .| others) { break }
            place += 16
        }
        while place < text.count, !mayHaveToBeEscaped(text[place]) { place += 1 }
        return place
    }

    private static func mayHaveToBeEscaped(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<0x20, doubleQuote, UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), firstByteOfNonCharacters:
            true
        default: false
        }
    }
}
