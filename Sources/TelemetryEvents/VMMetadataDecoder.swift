/// Decodes what an operator says of the virtual machine: a JSON object of common parameters by name.
package struct VMMetadataDecoder: Sendable {
    /// The common parameters that can be replaced; `OpcodeName` is the event's time and cannot.
    package static let names: [UTF8Text] = [
        "GAVersion", "ContainerId", "EventTid", "EventPid", "TaskName", "OSVersion", "ExecutionMode", "RAM",
        "Processors", "KeywordName", "TenantName", "RoleName", "RoleInstanceName", "Location", "SubscriptionId",
        "ResourceGroupName", "VMId", "ImageOrigin",
    ]

    package init() {}

    /// The parameters in the order of their first mention; of a name that is repeated the last value counts.
    ///
    /// - Throws: what is wrong with the text, and where.
    package func decode(_ bytes: UnsafeRawBufferPointer) throws(VMMetadataError) -> [Parameter] {
        let mentions: [Mention]
        do throws(JSONFault) {
            mentions = try self.mentions(in: bytes)
        } catch {
            throw VMMetadataError(.malformed(error.reason(in: bytes)), at: error.offset, in: bytes)
        }
        var parameters: [Parameter] = []
        for mention in mentions {
            let parameter = try parameter(mention, in: bytes)
            if let earlier = parameters.firstIndex(where: { $0.name == parameter.name }) {
                parameters[earlier] = parameter
            } else {
                parameters.append(parameter)
            }
        }
        return parameters
    }

    /// A member of the object, by its place; a nil key for a value that is no object at all.
    private struct Mention {
        let key: JSONString?
        let value: JSONValue
        let offset: Int
    }

    private func mentions(in bytes: UnsafeRawBufferPointer) throws(JSONFault) -> [Mention] {
        var scanner = try JSONScanner(bytes, nesting: ValidationLimits().nesting)
        var mentions: [Mention] = []
        if scanner.peek() == UInt8(ascii: "{") {
            try scanner.forEachMember { (scanner, key) throws(JSONFault) in
                _ = scanner.peek()
                let offset = scanner.position
                mentions.append(Mention(key: key, value: try scanner.value(), offset: offset))
            }
        } else {
            let offset = scanner.position
            mentions.append(Mention(key: nil, value: try scanner.value(), offset: offset))
        }
        try scanner.finish()
        return mentions
    }

    private func parameter(
        _ mention: Mention, in bytes: UnsafeRawBufferPointer
    ) throws(VMMetadataError) -> Parameter {
        guard let key = mention.key else { throw VMMetadataError(.notAnObject, at: mention.offset, in: bytes) }
        let name = Self.text(key, in: bytes)
        guard Self.names.contains(name) else {
            throw VMMetadataError(.unknownName(name.description), at: key.start - 1, in: bytes)
        }
        let value: Parameter.Value? =
            switch mention.value {
            case .text(let text): .text(Self.text(text, in: bytes))
            case .integer(let place):
                AgentNumber.integer(UnsafeRawBufferPointer(rebasing: bytes[place])).map {
                    .integer(UTF8Text(wellFormed: $0[...]))
                }
            case .float(let place): AgentNumber.float(UnsafeRawBufferPointer(rebasing: bytes[place])).map { .float($0) }
            case .boolean(let flag): .boolean(flag)
            case .null, .container: nil
            }
        guard let value else {
            throw VMMetadataError(.invalidType(name.description), at: mention.offset, in: bytes)
        }
        return Parameter(name, value)
    }

    private static func text(_ text: JSONString, in bytes: UnsafeRawBufferPointer) -> UTF8Text {
        var result: [UInt8] = []
        JSONEscapes.append(UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.end]), to: &result)
        return UTF8Text(wellFormed: result[...])
    }
}
