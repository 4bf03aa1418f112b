/// The members of a small JSON object that are texts, by name: enough to read one of our own records.
package struct TextMembers: Sendable {
    private var texts: [String: String] = [:]

    /// Nil for what is no JSON object.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard let object = try? JSONObject(bytes, nesting: ValidationLimits().nesting), object.otherOffset == nil else {
            return nil
        }
        for member in object.members {
            guard case .text(let text) = member.value else { continue }
            texts[member.key.content(in: bytes).description] = text.content(in: bytes).description
        }
    }

    package subscript(name: String) -> String? { texts[name] }
}
