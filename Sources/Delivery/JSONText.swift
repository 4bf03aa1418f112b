internal import TelemetryEvents

/// JSON's ways of writing values, as bytes appended to a buffer.
///
/// Text stays UTF-8: only `"`, `\` and U+0000 to U+001F are escaped.
enum JSONText {
    /// Appends text as the inside of a JSON string.
    @inline(__always)
    static func appendEscaped(_ text: ArraySlice<UInt8>, to output: inout [UInt8]) {
        text.withUnsafeBytes { appendEscaped($0, to: &output) }
    }

    static func appendEscaped(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        var start = 0
        while true {
            let next = firstToEscape(in: text, from: start)
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start..<next]))
            guard next < text.count else { return }
            appendEscape(of: text[next], to: &output)
            start = next + 1
        }
    }

    /// Appends a number that has a fraction in every case, so that a reader takes no float for an integer.
    ///
    /// What JSON has no number for (infinities, NaN) becomes text.
    static func append(_ number: Double, to output: inout [UInt8]) {
        let digits = Array(number.description.utf8)
        guard number.isFinite else {
            output.append(UInt8(ascii: "\""))
            output.append(contentsOf: digits)
            output.append(UInt8(ascii: "\""))
            return
        }
        if digits.contains(UInt8(ascii: ".")) {
            output.append(contentsOf: digits)
        } else {
            let end = digits.firstIndex(of: UInt8(ascii: "e")) ?? digits.count
            output.append(contentsOf: digits[..<end])
            output.append(contentsOf: ".0".utf8)
            output.append(contentsOf: digits[end...])
        }
    }

    /// Appends a decimal integer.
    static func append(_ number: some BinaryInteger, to output: inout [UInt8]) {
        if number < 0 { output.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = output.count
        repeat {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
            rest = quotient
        } while rest > 0
        output[start...].reverse()
    }

    /// Appends a value in its JSON type.
    static func append(_ value: Parameter.Value, to output: inout [UInt8]) {
        switch value {
        case .text(let text):
            output.append(UInt8(ascii: "\""))
            appendEscaped(text.bytes, to: &output)
            output.append(UInt8(ascii: "\""))
        case .integer(let digits): output.append(contentsOf: digits.bytes)
        case .float(let number): append(number, to: &output)
        case .boolean(let truth): output.append(contentsOf: (truth ? "true" : "false").utf8)
        case .json(let json): output.append(contentsOf: json.bytes)
        }
    }

    /// Appends parameters as a list of objects.
    static func append(_ parameters: [Parameter], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "["))
        var isFirst = true
        for parameter in parameters {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            append(parameter, to: &output)
        }
        output.append(UInt8(ascii: "]"))
    }

    /// Appends a parameter as an object.
    static func append(_ parameter: Parameter, to output: inout [UInt8]) {
        output.append(contentsOf: #"{"name":""#.utf8)
        appendEscaped(parameter.name.bytes, to: &output)
        output.append(contentsOf: #"","value":"#.utf8)
        append(parameter.value, to: &output)
        output.append(UInt8(ascii: "}"))
    }

    /// The place of the first byte at or after `start` that must be escaped; the end when there is none.
    private static func firstToEscape(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
        var place = start
        let quote = SIMD16<UInt8>(repeating: UInt8(ascii: "\""))
        let backslash = SIMD16<UInt8>(repeating: UInt8(ascii: "\\"))
        let space = SIMD16<UInt8>(repeating: 0x20)
        while place + 16 <= text.count {
            let bytes = text.loadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self)
            if any((bytes .< space) .| (bytes .== quote) .| (bytes .== backslash)) { break }
            place += 16
        }
        while place < text.count, !mustBeEscaped(text[place]) { place += 1 }
        return place
    }

    private static func mustBeEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func appendEscape(of byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        default:
            output.append(contentsOf: "u00".utf8)
            output.append(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 0xF
            output.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        }
    }
}
