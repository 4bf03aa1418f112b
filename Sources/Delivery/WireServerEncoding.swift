internal import TelemetryEvents

/// Writes events as the WireServer wants them: `<Event>` elements with their parameters in a CDATA section.
///
/// Pure but for a memory of the common parameters that it wrote last.
struct WireServerEncoding: Sendable {
    /// The parameters around an extension event's own.
    private struct CommonText {
        var leading: [UInt8] = []
        var trailing: [UInt8] = []
    }

    private var common = LastRendering<CommonParameters, CommonText>()

    /// Appends the event's element.
    mutating func append(_ event: borrowing TelemetryEvent, to output: inout [UInt8]) {
        XMLText.append(#"<Event id=""#, to: &output)
        JSONText.append(event.eventID, to: &output)
        XMLText.append(#""><![CDATA["#, to: &output)
        switch event.content {
        case .extensionEvent(let content):
            append(content, of: event, to: &output)
        case .agentEvent(let parameters):
            for parameter in parameters { Self.append(parameter, to: &output) }
        }
        XMLText.append("]]></Event>", to: &output)
    }

    private mutating func append(
        _ content: borrowing ExtensionEvent, of event: borrowing TelemetryEvent, to output: inout [UInt8]
    ) {
        let common = common.of(event.file.common, render: Self.render)
        output.append(contentsOf: common.leading)
        append(Part.opcodeName, event.time, to: &output)
        append(Part.eventTid, content[.eventTid], to: &output)
        append(Part.eventPid, content[.eventPid], to: &output)
        append(Part.taskName, content[.taskName], to: &output)
        XMLText.append(Part.endOfText, to: &output)
        output.append(contentsOf: common.trailing)
        append(Part.eventName, content.eventName, to: &output)
        append(Part.capabilityUsed, content[.eventLevel], to: &output)
        append(Part.context1, content[.message], to: &output)
        append(Part.context2, content[.timestamp], to: &output)
        append(Part.context3, content[.operationId], to: &output)
        XMLText.append(Part.endOfText, to: &output)
    }

    @inline(__always)
    private func append(_ prefix: StaticString, _ value: UTF8Text, to output: inout [UInt8]) {
        XMLText.append(prefix, to: &output)
        XMLText.appendQuoted(value, to: &output)
    }

    /// Bytes that the event's element takes at least; cheap to tell.
    static func leastSize(of event: borrowing TelemetryEvent) -> Int {
        switch event.content {
        // Its fields are cut when it is validated.
        case .extensionEvent: 0
        // No byte is ever left out.
        case .agentEvent(let parameters): parameters.reduce(0) { $0 + leastSize(of: $1) }
        }
    }

    private static func render(_ parameters: CommonParameters) -> CommonText {
        var text = CommonText()
        for parameter in parameters.leading { append(parameter, to: &text.leading) }
        for parameter in parameters.trailing { append(parameter, to: &text.trailing) }
        return text
    }

    /// The constant parts of an element, from behind a value to the equals sign of the next.
    ///
    /// Static texts: what stands in an array is counted as referenced each time it is appended.
    private enum Part {
        static let opcodeName: StaticString = #"<Param Name="OpcodeName" Value="#
        static let eventTid: StaticString = #" T="mt:wstr" /><Param Name="EventTid" Value="#
        static let eventPid: StaticString = #" T="mt:wstr" /><Param Name="EventPid" Value="#
        static let taskName: StaticString = #" T="mt:wstr" /><Param Name="TaskName" Value="#
        static let eventName: StaticString = #"<Param Name="EventName" Value="#
        static let capabilityUsed: StaticString = #" T="mt:wstr" /><Param Name="CapabilityUsed" Value="#
        static let context1: StaticString = #" T="mt:wstr" /><Param Name="Context1" Value="#
        static let context2: StaticString = #" T="mt:wstr" /><Param Name="Context2" Value="#
        static let context3: StaticString = #" T="mt:wstr" /><Param Name="Context3" Value="#
        static let endOfText: StaticString = #" T="mt:wstr" />"#
    }
}
