/// Writes JSON anew: without blanks, its texts redacted and repaired, all else as it was spelt.
enum JSONCompaction {
    /// Appends a value that the scanner has found well-formed, and answers how many queries of URLs it took out.
    static func append(_ json: UnsafeRawBufferPointer, to result: inout [UInt8]) -> Int {
        var place = 0
        var queries = 0
        while place < json.count {
            let byte = json[place]
            place &+= 1
            switch byte {
            case 0x20, 0x0A, 0x0D, 0x09: continue
            case UInt8(ascii: "\""):
                let start = place
                place = endOfText(in: json, from: start)
                queries &+= append(text: UnsafeRawBufferPointer(rebasing: json[start..<place]), to: &result)
                place &+= 1
            default: result.append(byte)
            }
        }
        return queries
    }

    /// The place of the quotation mark that ends the text whose content begins at `start`.
    private static func endOfText(in json: UnsafeRawBufferPointer, from start: Int) -> Int {
        var place = start
        while place < json.count, json[place] != UInt8(ascii: "\"") {
            place &+= json[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(place, json.count)
    }

    private static func append(text raw: UnsafeRawBufferPointer, to result: inout [UInt8]) -> Int {
        var text: [UInt8] = []
        var queries = 0
        JSONEscapes.append(raw, to: &text)
        if let redacted = text.withUnsafeBytes({ Redaction.redacted($0) }) { (text, queries) = redacted }
        result.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): result.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case ..<0x20: appendEscaped(control: byte, to: &result)
            default: result.append(byte)
            }
        }
        result.append(UInt8(ascii: "\""))
        return queries
    }

    private static func appendEscaped(control byte: UInt8, to result: inout [UInt8]) {
        result.append(contentsOf: byte < 0x10 ? "\\u000".utf8 : "\\u00".utf8)
        result.append(contentsOf: String(byte, radix: 16).utf8)
    }
}
