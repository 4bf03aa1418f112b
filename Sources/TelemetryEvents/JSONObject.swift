/// A JSON text that should be one object, with the members by their places in it.
struct JSONObject {
    /// A member; of one that is repeated each.
    struct Member {
        let key: JSONString
        let value: JSONValue
        /// Where the value begins.
        let offset: Int
    }

    private(set) var members: [Member] = []
    /// Where the value begins of a text that is well-formed and no object; nil for an object.
    private(set) var otherOffset: Int?

    /// Reads the whole text.
    init(_ bytes: UnsafeRawBufferPointer, nesting: Int) throws(JSONFault) {
        var scanner = try JSONScanner(bytes, nesting: nesting)
        if scanner.peek() == UInt8(ascii: "{") {
            var found: [Member] = []
            try scanner.forEachMember { (scanner, key) throws(JSONFault) in
                _ = scanner.peek()
                let offset = scanner.position
                found.append(Member(key: key, value: try scanner.value(), offset: offset))
            }
            members = found
        } else {
            otherOffset = scanner.position
            _ = try scanner.value()
        }
        try scanner.finish()
    }
}
