/// The members of a small JSON object that are texts, by name: enough to read one of our own records.
package struct TextMembers: Sendable {
    private var texts: [String: String] = [:]

    /// Nil for what is no JSON object.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        do throws(JSONFault) {
            var scanner = try JSONScanner(bytes, nesting: ValidationLimits().nesting)
            guard scanner.peek() == UInt8(ascii: "{") else { return nil }
            try scanner.forEachMember { (scanner, key) throws(JSONFault) in
                guard case .text(let text) = try scanner.value() else { return }
                texts[Self.text(key, in: bytes)] = Self.text(text, in: bytes)
            }
            try scanner.finish()
        } catch {
            return nil
        }
    }

    package subscript(name: String) -> String? { texts[name] }

    private static func text(_ text: JSONString, in bytes: UnsafeRawBufferPointer) -> String {
        var result: [UInt8] = []
        JSONEscapes.append(UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.end]), to: &result)
        return String(decoding: result, as: UTF8.self)
    }
}
