/// An accepted event, ready for every sink.
///
/// Only the validators make one.
package struct TelemetryEvent: Sendable {
    /// What the event says.
    package enum Content: Sendable {
        case extensionEvent(ExtensionEvent)
        /// The parameters of an agent event (or of one of Telltale's own), complete and in order.
        case agentEvent([Parameter])
    }

    package let file: EventFile
    /// The position in the file's list of events, rejected ones counted; from 0.
    package let index: Int
    package let eventID: Int64
    package let providerID: UTF8Text
    package let content: Content
    /// `file.modified` in UTC as ISO 8601 with six decimals and Z: the value of OpcodeName.
    package let time: UTF8Text

    /// What an extension's event becomes.
    package static let extensionEventID: Int64 = 7
    /// The provider of what extensions and the agent log.
    package static let extensionProvider: UTF8Text = "FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F"
    /// The provider of the agent's events.
    package static let agentProvider: UTF8Text = "69B669B9-4AF8-4C50-BDC4-6006FA76E975"

    init(
        file: EventFile, index: Int, eventID: Int64, providerID: UTF8Text, content: Content, time: UTF8Text
    ) {
        self.file = file
        self.index = index
        self.eventID = eventID
        self.providerID = providerID
        self.content = content
        self.time = time
    }

    /// Appends the event's id, which stays the same across restarts and retries: `<claim>-<index>`.
    package func writeID(to bytes: inout [UInt8]) {
        file.claim.write(to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(contentsOf: String(index).utf8)
    }

    /// Calls `body` with each parameter in the order that the telemetry channel wants.
    package func forEachParameter(_ body: (Parameter) throws -> Void) rethrows {
        switch content {
        case .agentEvent(let parameters):
            for parameter in parameters { try body(parameter) }
        case .extensionEvent(let event):
            for parameter in file.common.leading { try body(parameter) }
            try body(Parameter("OpcodeName", .text(time)))
            try body(Parameter("EventTid", .text(event[.eventTid])))
            try body(Parameter("EventPid", .text(event[.eventPid])))
            try body(Parameter("TaskName", .text(event[.taskName])))
            for parameter in file.common.trailing { try body(parameter) }
            try body(Parameter("EventName", .text(event.eventName)))
            try body(Parameter("CapabilityUsed", .text(event[.eventLevel])))
            try body(Parameter("Context1", .text(event[.message])))
            try body(Parameter("Context2", .text(event[.timestamp])))
            try body(Parameter("Context3", .text(event[.operationId])))
        }
    }
}
