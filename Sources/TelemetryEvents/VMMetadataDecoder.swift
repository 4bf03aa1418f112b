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
        let object: JSONObject
        do throws(JSONFault) {
            object = try JSONObject(bytes, nesting: ValidationLimits().nesting)
        } catch {
            throw VMMetadataError(.malformed(error.reason(in: bytes)), at: error.offset, in: bytes)
        }
        if let offset = object.otherOffset { throw VMMetadataError(.notAnObject, at: offset, in: bytes) }
        var parameters: [Parameter] = []
        for member in object.members {
            let parameter = try parameter(member, in: bytes)
            if let earlier = parameters.firstIndex(where: { $0.name == parameter.name }) {
                parameters[earlier] = parameter
            } else {
                parameters.append(parameter)
            }
        }
        return parameters
    }

    private func parameter(
        _ member: JSONObject.Member, in bytes: UnsafeRawBufferPointer
    ) throws(VMMetadataError) -> Parameter {
        let name = member.key.content(in: bytes)
        guard Self.names.contains(name) else {
            throw VMMetadataError(.unknownName(name.description), at: member.key.start - 1, in: bytes)
        }
        let value: Parameter.Value? =
            switch member.value {
            case .text(let text): .text(text.content(in: bytes))
            case .integer(let place):
                AgentNumber.integer(UnsafeRawBufferPointer(rebasing: bytes[place])).map {
                    .integer(UTF8Text(wellFormed: $0[...]))
                }
            case .float(let place): AgentNumber.float(UnsafeRawBufferPointer(rebasing: bytes[place])).map { .float($0) }
            case .boolean(let flag): .boolean(flag)
            case .null, .container: nil
            }
        guard let value else {
            throw VMMetadataError(.invalidType(name.description), at: member.offset, in: bytes)
        }
        return Parameter(name, value)
    }
}
