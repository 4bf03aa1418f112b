/// A value that `JSONScanner` read, by its place in the file.
enum JSONValue {
    case text(JSONString)
    /// A number without fraction and exponent, as it is spelt.
    case integer(Range<Int>)
    case float(Range<Int>)
    case boolean(Bool)
    case null
    /// A list or an object, brackets included; its content is known to be well-formed.
    case container(Range<Int>)
}

/// The place of a text's content in the file, and what the scan learnt of it.
struct JSONString {
    var start: Int
    var end: Int
    /// It holds an escape, so that its bytes are not yet its text.
    var isEscaped = false
    var isASCII = true
    /// False only when no question mark stands in it, hence no URL with a query (an escaped one aside).
    var mayHoldQuestionMark = false

    init(start: Int) {
        self.start = start
        end = start
    }

    /// What the text says: its content without escapes.
    func content(in file: UnsafeRawBufferPointer) -> UTF8Text {
        var content: [UInt8] = []
        JSONEscapes.append(UnsafeRawBufferPointer(rebasing: file[start..<end]), to: &content)
        return UTF8Text(wellFormed: content[...])
    }
}
