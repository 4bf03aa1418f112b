/// What the instance metadata service says of the machine (its `compute` document).
package struct InstanceMetadata: Hashable, Sendable {
    package let location: UTF8Text?
    package let subscriptionID: UTF8Text?
    package let resourceGroupName: UTF8Text?
    package let vmID: UTF8Text?
    package let imageOrigin: ImageOrigin

    /// Reads the JSON object; members that are not named here are passed, and null counts as absent.
    ///
    /// - Throws: what is wrong with it, and where; an object that names nothing at all is wrong too.
    package init(decoding bytes: UnsafeRawBufferPointer) throws(ServiceAnswerError) {
        let members = try Self.members(of: bytes)
        func text(_ name: String) throws(ServiceAnswerError) -> UTF8Text? {
            guard let member = members[name] else { return nil }
            switch member.value {
            case .null: return nil
            case .text(let text):
                var content: [UInt8] = []
                JSONEscapes.append(UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.end]), to: &content)
                let limit = ServiceAnswerLimits.valueLength
                guard content.count <= limit else {
                    throw ServiceAnswerError(.tooLong(name, limit: limit), at: member.offset, in: bytes)
                }
                return UTF8Text(wellFormed: content[...])
            default: throw ServiceAnswerError(.invalidType(name), at: member.offset, in: bytes)
            }
        }
        location = try text("location")
        subscriptionID = try text("subscriptionId")
        resourceGroupName = try text("resourceGroupName")
        vmID = try text("vmId")
        guard location != nil || subscriptionID != nil || resourceGroupName != nil || vmID != nil else {
            throw ServiceAnswerError(.missing("vmId"), at: bytes.count, in: bytes)
        }
        imageOrigin = ImageOrigin(
            publisher: try text("publisher")?.description, offer: try text("offer")?.description,
            sku: try text("sku")?.description, version: try text("version")?.description)
    }

    private struct Member {
        let value: JSONValue
        let offset: Int
    }

    private static let names: Set<String> = [
        "location", "subscriptionId", "resourceGroupName", "vmId", "publisher", "offer", "sku", "version",
    ]

    /// The members that are read here; of one that is repeated the last.
    private static func members(of bytes: UnsafeRawBufferPointer) throws(ServiceAnswerError) -> [String: Member] {
        var members: [String: Member] = [:]
        var start: Int?
        do throws(JSONFault) {
            var scanner = try JSONScanner(bytes, nesting: ServiceAnswerLimits.nesting)
            if scanner.peek() == UInt8(ascii: "{") {
                try scanner.forEachMember { (scanner, key) throws(JSONFault) in
                    _ = scanner.peek()
                    let offset = scanner.position
                    let value = try scanner.value()
                    let name = String(decoding: bytes[key.start..<key.end], as: UTF8.self)
                    if names.contains(name) { members[name] = Member(value: value, offset: offset) }
                }
            } else {
                start = scanner.position
                _ = try scanner.value()
            }
            try scanner.finish()
        } catch {
            throw ServiceAnswerError(.malformed(error.reason(in: bytes)), at: error.offset, in: bytes)
        }
        if let start { throw ServiceAnswerError(.notAnObject, at: start, in: bytes) }
        return members
    }
}
