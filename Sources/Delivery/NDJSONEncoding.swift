internal import TelemetryEvents

/// Writes events as lines of JSON in the contract's order of keys.
///
/// Pure but for a memory of what it wrote last: the parts that all events of a file, or of a machine, share are rendered once
/// and found again by the identity of their object, which the memory keeps alive.
struct NDJSONEncoding: Sendable {
    /// The parameters around an extension event's own, each with a comma after (leading) or before (trailing) it.
    private struct CommonText {
        var leading: [UInt8] = []
        var trailing: [UInt8] = []
    }

    /// The line's beginning but for the event's index in the id.
    private struct FileText {
        var beforeIndex: [UInt8] = []
        var afterIndex: [UInt8] = []
    }

    private var common = LastRendering<CommonParameters, CommonText>()
    private var file = LastRendering<EventFile, FileText>()
    private let names = Names()

    /// Appends the event's line with its line end.
    mutating func append(_ event: TelemetryEvent, to output: inout [UInt8]) {
        appendHead(of: event, to: &output)
        switch event.content {
        case .extensionEvent(let content):
            append(content, of: event, to: &output)
        case .agentEvent(let parameters):
            JSONText.append(parameters, to: &output)
        }
        output.append(contentsOf: names.end)
    }

    /// Everything up to the first parameter.
    private mutating func appendHead(of event: TelemetryEvent, to output: inout [UInt8]) {
        let file = file.of(event.file, render: Self.render)
        output.append(contentsOf: file.beforeIndex)
        JSONText.append(event.index, to: &output)
        output.append(contentsOf: file.afterIndex)
        JSONText.append(event.index, to: &output)
        output.append(contentsOf: names.eventID)
        JSONText.append(event.eventID, to: &output)
        output.append(contentsOf: names.providerID)
        JSONText.appendEscaped(event.providerID.bytes, to: &output)
        output.append(contentsOf: names.parameters)
    }

    private mutating func append(_ content: ExtensionEvent, of event: TelemetryEvent, to output: inout [UInt8]) {
        let common = common.of(event.file.common, render: Self.render)
        output.append(UInt8(ascii: "["))
        output.append(contentsOf: common.leading)
        append(names.opcodeName, event.time, to: &output)
        append(names.eventTid, content[.eventTid], to: &output)
        append(names.eventPid, content[.eventPid], to: &output)
        append(names.taskName, content[.taskName], to: &output)
        output.append(UInt8(ascii: "}"))
        output.append(contentsOf: common.trailing)
        append(names.eventName, content.eventName, to: &output)
        append(names.capabilityUsed, content[.eventLevel], to: &output)
        append(names.context1, content[.message], to: &output)
        append(names.context2, content[.timestamp], to: &output)
        append(names.context3, content[.operationId], to: &output)
        output.append(contentsOf: names.endOfParameters)
    }

    /// `prefix` reaches from the end of the value before it to the opening quotation mark.
    @inline(__always)
    private func append(_ prefix: [UInt8], _ value: UTF8Text, to output: inout [UInt8]) {
        output.append(contentsOf: prefix)
        JSONText.appendEscaped(value.bytes, to: &output)
        output.append(UInt8(ascii: "\""))
    }

    private static func render(_ parameters: CommonParameters) -> CommonText {
        var text = CommonText()
        for parameter in parameters.leading {
            JSONText.append(parameter, to: &text.leading)
            text.leading.append(UInt8(ascii: ","))
        }
        for parameter in parameters.trailing {
            text.trailing.append(UInt8(ascii: ","))
            JSONText.append(parameter, to: &text.trailing)
        }
        return text
    }

    private static func render(_ file: EventFile) -> FileText {
        var text = FileText()
        text.beforeIndex.append(contentsOf: #"{"id":""#.utf8)
        file.claim.write(to: &text.beforeIndex)
        text.beforeIndex.append(UInt8(ascii: "-"))
        text.afterIndex.append(contentsOf: #"","source":""#.utf8)
        switch file.source {
        case .handler(let name):
            text.afterIndex.append(contentsOf: #"extension","handler":""#.utf8)
            JSONText.appendEscaped(name.bytes, to: &text.afterIndex)
        case .agent:
            text.afterIndex.append(contentsOf: "agent".utf8)
        case .telltale:
            text.afterIndex.append(contentsOf: "telltale".utf8)
        }
        if let name = file.name {
            text.afterIndex.append(contentsOf: #"","file":""#.utf8)
            JSONText.appendEscaped(name.bytes, to: &text.afterIndex)
        }
        text.afterIndex.append(contentsOf: #"","index":"#.utf8)
        return text
    }

    /// The constant parts of a line.
    private struct Names {
        let eventID = Array(#","eventId":"#.utf8)
        let providerID = Array(#","providerId":""#.utf8)
        let parameters = Array(#"","parameters":"#.utf8)
        let endOfParameters = Array("}]".utf8)
        let end = Array("}\n".utf8)
        let opcodeName = Array(#"{"name":"OpcodeName","value":""#.utf8)
        let eventTid = Names.following("EventTid")
        let eventPid = Names.following("EventPid")
        let taskName = Names.following("TaskName")
        let eventName = Array(#",{"name":"EventName","value":""#.utf8)
        let capabilityUsed = Names.following("CapabilityUsed")
        let context1 = Names.following("Context1")
        let context2 = Names.following("Context2")
        let context3 = Names.following("Context3")

        private static func following(_ name: String) -> [UInt8] {
            Array(#"},{"name":"\#(name)","value":""#.utf8)
        }
    }
}
