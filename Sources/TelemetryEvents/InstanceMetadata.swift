/// What the instance metadata service says of the machine (its `compute` document).
package struct InstanceMetadata: Hashable, Sendable {
    package let location: UTF8Text?
    package let subscriptionID: UTF8Text?
    package let resourceGroupName: UTF8Text?
    package let vmID: UTF8Text?
    /// The last part of the virtual machine's resource id; nil for an instance of a scale set.
    package let vmName: UTF8Text?
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
                let content = text.content(in: bytes)
                let limit = ServiceAnswerLimits.valueLength
                guard content.bytes.count <= limit else {
                    throw ServiceAnswerError(.tooLong(name, limit: limit), at: member.offset, in: bytes)
                }
                return content
            default: throw ServiceAnswerError(.invalidType(name), at: member.offset, in: bytes)
            }
        }
        location = try text("location")
        subscriptionID = try text("subscriptionId")
        resourceGroupName = try text("resourceGroupName")
        vmID = try text("vmId")
        let name = try text("name")
        let isInScaleSet = try text("vmScaleSetName").map { !$0.isEmpty } ?? false
        vmName = isInScaleSet || name?.isEmpty == true ? nil : name
        guard location != nil || subscriptionID != nil || resourceGroupName != nil || vmID != nil else {
            throw ServiceAnswerError(.missing("vmId"), at: bytes.count, in: bytes)
        }
        imageOrigin = ImageOrigin(
            publisher: try text("publisher")?.description, offer: try text("offer")?.description,
            sku: try text("sku")?.description, version: try text("version")?.description)
    }

    private static let names: Set<String> = [
        "location", "subscriptionId", "resourceGroupName", "vmId", "name", "vmScaleSetName", "publisher", "offer",
        "sku",
        "version",
    ]

    /// The members that are read here; of one that is repeated the last.
    private static func members(
        of bytes: UnsafeRawBufferPointer
    ) throws(ServiceAnswerError) -> [String: JSONObject.Member] {
        let object: JSONObject
        do throws(JSONFault) {
            object = try JSONObject(bytes, nesting: ServiceAnswerLimits.nesting)
        } catch {
            throw ServiceAnswerError(.malformed(error.reason(in: bytes)), at: error.offset, in: bytes)
        }
        if let offset = object.otherOffset { throw ServiceAnswerError(.notAnObject, at: offset, in: bytes) }
        var members: [String: JSONObject.Member] = [:]
        for member in object.members {
            let name = String(decoding: bytes[member.key.start..<member.key.end], as: UTF8.self)
            if names.contains(name) { members[name] = member }
        }
        return members
    }
}
