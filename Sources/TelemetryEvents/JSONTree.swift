/// A whole JSON text as a tree of values: for small answers of our own, not for event files.
package enum JSONTree: Sendable {
    case text(String)
    /// As it is spelt, so that no digit is lost.
    case number(String)
    case boolean(Bool)
    case null
    case list([JSONTree])
    /// Of a key that is repeated the last value counts.
    case object([String: JSONTree])

    /// Lists and objects may stand in one another this deep.
    private static let nesting = 16

    /// Reads a text.
    ///
    /// - Throws: what is wrong with it, and where.
    package init(_ bytes: [UInt8]) throws(JSONTreeError) {
        self = try bytes.span.withUnsafeBytes { (bytes) throws(JSONTreeError) in
            do throws(JSONFault) {
                var scanner = try JSONScanner(bytes, nesting: Self.nesting)
                let tree = try Self.read(&scanner)
                try scanner.finish()
                return tree
            } catch {
                throw JSONTreeError(place: TextPlace(of: error.offset, in: bytes), reason: error.reason(in: bytes))
            }
        }
    }

    /// Calls itself for what stands in lists and objects; the scanner bounds how deep.
    private static func read(_ scanner: inout JSONScanner) throws(JSONFault) -> JSONTree {
        switch scanner.peek() {
        case UInt8(ascii: "{"):
            var members: [String: JSONTree] = [:]
            try scanner.forEachMember { (scanner, key) throws(JSONFault) in
                members[key.content(in: scanner.bytes).description] = try read(&scanner)
            }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONTree] = []
            try scanner.forEachElement { (scanner) throws(JSONFault) in elements.append(try read(&scanner)) }
            return .list(elements)
        default:
            switch try scanner.value() {
            case .text(let text): return .text(text.content(in: scanner.bytes).description)
            case .integer(let place), .float(let place):
                return .number(String(decoding: scanner.bytes[place], as: UTF8.self))
            case .boolean(let flag): return .boolean(flag)
            // A list or an object was read above.
            case .null, .container: return .null
            }
        }
    }
}

/// Why a text is no JSON, and where.
package struct JSONTreeError: Error, Hashable, Sendable {
    package let place: TextPlace
    package let reason: String
}

extension JSONTreeError: CustomStringConvertible {
    package var description: String { "\(place): \(reason)" }
}
