/// A cursor that reads JSON (RFC 8259) byte by byte and checks all of it, also what it skips.
///
/// It takes UTF-8 only and refuses what the grammar does not know, so NaN and Infinity too. No input makes it recurse:
/// how deep a text nests costs a byte a level, up to the limit.
struct JSONScanner {
    let bytes: UnsafeRawBufferPointer
    /// Where the next byte is read.
    private(set) var position: Int
    /// Lists and objects may stand in one another this deep.
    private let nesting: Int
    private var depth = 0
    /// The opening brackets of what `skipContainer` is in; kept, so that it allocates once a file.
    private var open: [UInt8] = []

    /// Begins after a byte order mark, if there is one.
    init(_ bytes: UnsafeRawBufferPointer, nesting: Int) throws(JSONFault) {
        self.bytes = bytes
        self.nesting = nesting
        let mark: InlineArray<3, UInt8> = [0xEF, 0xBB, 0xBF]
        var matching = 0
        while matching < 3, matching < bytes.count, bytes[matching] == mark[matching] { matching += 1 }
        position = matching == 3 ? 3 : 0
        if matching > 0, matching < 3, matching == bytes.count {
            throw JSONFault(.unexpectedEnd, at: matching, expected: "a value")
        }
    }

    // MARK: Structure

    /// Passes blanks; the byte that then follows, or nil at the end.
    @inline(__always)
    mutating func peek() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position &+= 1
        }
        return nil
    }

    /// Reads to the end, where only blanks may stand.
    mutating func finish() throws(JSONFault) {
        guard peek() == nil else { throw fault("the end of the file") }
    }

    /// Reads an object at whose bracket the cursor stands.
    ///
    /// `body` is given each key and must read its value.
    @inline(__always)
    mutating func forEachMember(
        _ body: (inout JSONScanner, JSONString) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        try enter()
        if peek() == UInt8(ascii: "}") { return leave() }
        while true {
            let key = try key()
            try body(&self, key)
            let byte = peek()
            if byte == UInt8(ascii: "}") { return leave() }
            guard byte == UInt8(ascii: ",") else { throw fault("a comma or }") }
            position &+= 1
        }
    }

    /// Reads a list at whose bracket the cursor stands.
    ///
    /// `body` is called before each element and must read it.
    @inline(__always)
    mutating func forEachElement(
        _ body: (inout JSONScanner) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        try enter()
        if peek() == UInt8(ascii: "]") { return leave() }
        while true {
            try body(&self)
            let byte = peek()
            if byte == UInt8(ascii: "]") { return leave() }
            guard byte == UInt8(ascii: ",") else { throw fault("a comma or ]") }
            position &+= 1
        }
    }

    private mutating func key() throws(JSONFault) -> JSONString {
        guard peek() == UInt8(ascii: "\"") else { throw fault("a key in quotation marks") }
        let key = try string()
        guard peek() == UInt8(ascii: ":") else { throw fault("a colon") }
        position &+= 1
        return key
    }

    private mutating func enter() throws(JSONFault) {
        guard depth < nesting else { throw JSONFault(.tooDeep(limit: nesting), at: position) }
        depth &+= 1
        position &+= 1
    }

    private mutating func leave() {
        depth &-= 1
        position &+= 1
    }

    // MARK: Values

    /// Reads any value; a list or an object is checked and passed whole.
    mutating func value() throws(JSONFault) -> JSONValue {
        guard let byte = peek() else { throw fault("a value") }
        switch byte {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let start = position
            try skipContainer()
            return .container(start..<position)
        case UInt8(ascii: "t"):
            try literal("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default: throw fault("a value")
        }
    }

    private mutating func skipContainer() throws(JSONFault) {
        open.removeAll(keepingCapacity: true)
        while true {
            // Here a value begins.
            guard let byte = peek() else { throw fault("a value") }
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                try enter()
                open.append(byte)
                // Its closing bracket lies two code points on, in ASCII, for both kinds.
                if peek() != byte &+ 2 {
                    if byte == UInt8(ascii: "{") { _ = try key() }
                    continue
                }
            } else {
                _ = try value()
            }
            // Here one has ended, perhaps that of a closing bracket.
            while let container = open.last {
                let next = peek()
                if next == container &+ 2 {
                    open.removeLast()
                    leave()
                    continue
                }
                let isObject = container == UInt8(ascii: "{")
                guard next == UInt8(ascii: ",") else { throw fault(isObject ? "a comma or }" : "a comma or ]") }
                position &+= 1
                if isObject { _ = try key() }
                break
            }
            if open.isEmpty { return }
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONFault) {
        for place in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count, bytes[position] == word.utf8Start[place] else {
                throw fault(word.description)
            }
            position &+= 1
        }
    }

    private mutating func number() throws(JSONFault) -> JSONValue {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position &+= 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position &+= 1
        } else {
            try digits()
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position &+= 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            position &+= 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position &+= 1
            }
            try digits()
        }
        return isInteger ? .integer(start..<position) : .float(start..<position)
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position &+= 1 }
        guard position > start else { throw fault("a digit") }
    }

    /// The fault at the cursor: the end of the file or the byte that stands there.
    func fault(_ expected: String) -> JSONFault {
        guard position < bytes.count else { return JSONFault(.unexpectedEnd, at: position, expected: expected) }
        if let fault = UTF8Sequence.fault(in: bytes, at: position) { return fault }
        return JSONFault(.unexpectedByte, at: position, expected: expected)
    }

    // MARK: Texts

    /// Reads a text at whose quotation mark the cursor stands.
    @inline(__always)
    mutating func string() throws(JSONFault) -> JSONString {
        var text = JSONString(start: position &+ 1)
        position &+= 1
        while true {
            // Eight bytes at a time, up to one that ends the text or needs a look.
            while position &+ 8 <= bytes.count {
                let word = JSONWord(bytes, at: position)
                text.mayHoldQuestionMark = text.mayHoldQuestionMark || word.holdsQuestionMark
                let plain = word.plainBytes
                position &+= plain
                if plain < 8 { break }
            }
            guard position < bytes.count else { throw fault("the end of a text") }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                text.end = position
                position &+= 1
                return text
            case UInt8(ascii: "\\"):
                text.isEscaped = true
                repeat { try escape() } while position < bytes.count && bytes[position] == UInt8(ascii: "\\")
            case 0x80...:
                text.isASCII = false
                try sequence()
            case ..<0x20: throw fault("an escaped control character")
            default:
                text.mayHoldQuestionMark = text.mayHoldQuestionMark || byte == UInt8(ascii: "?")
                position &+= 1
            }
        }
    }

    private mutating func escape() throws(JSONFault) {
        position &+= 1
        guard position < bytes.count else { throw fault("an escaped character") }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position &+= 1
        case UInt8(ascii: "u"):
            position &+= 1
            for _ in 0..<4 {
                guard position < bytes.count, HexDigit.value(of: bytes[position]) != nil else {
                    throw fault("a hexadecimal digit")
                }
                position &+= 1
            }
        default: throw fault("an escape (one of \"\\/bfnrtu)")
        }
    }

    private mutating func sequence() throws(JSONFault) {
        repeat {
            guard let length = try? UTF8Sequence.length(in: bytes, from: position) else {
                throw fault("a text")
            }
            position &+= length
        } while position < bytes.count && bytes[position] >= 0x80
    }
}
