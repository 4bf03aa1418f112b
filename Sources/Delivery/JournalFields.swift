internal import Systemd
internal import TelemetryEvents

/// Writes events as the fields of journal entries.
///
/// Pure: it fills an entry and sends nothing.
enum JournalFields {
    /// Fills the entry with the event's fields (contract, section 6), and a source to tell agent events by.
    static func fill(_ entry: inout JournalEntry, with event: TelemetryEvent) {
        entry.removeAll()
        switch event.content {
        case .extensionEvent(let content): append(content, of: event, to: &entry)
        case .agentEvent(let parameters): append(parameters, of: event, to: &entry)
        }
        entry.append("SYSLOG_IDENTIFIER", identifier)
        entry.append("TELLTALE_EVENT_ID") { event.writeID(to: &$0) }
        if let name = event.file.name { entry.append("TELLTALE_FILE", name.bytes) }
    }

    private static let identifier = Array("telltale".utf8)[...]
    private static let sources = (
        extensionEvent: Array("extension".utf8)[...], agent: Array("agent".utf8)[...],
        telltale: Array("telltale".utf8)[...]
    )

    private static func append(_ content: ExtensionEvent, of event: TelemetryEvent, to entry: inout JournalEntry) {
        entry.append("MESSAGE", content[.message].bytes)
        entry.append("PRIORITY", JournalPriority(level: content[.eventLevel].bytes).digit)
        entry.append("TELLTALE_SOURCE", sources.extensionEvent)
        if let handler = event.file.handler { entry.append("TELLTALE_HANDLER", handler.bytes) }
        entry.append("TELLTALE_VERSION", content[.version].bytes)
        entry.append("TELLTALE_TASK", content[.taskName].bytes)
        entry.append("TELLTALE_OPERATION_ID", content[.operationId].bytes)
        entry.append("TELLTALE_EVENT_PID", content[.eventPid].bytes)
        entry.append("TELLTALE_EVENT_TID", content[.eventTid].bytes)
        entry.append("TELLTALE_TIMESTAMP", content[.timestamp].bytes)
    }

    /// The parameters that the fields have names for, and all of them, with their types, as one field of JSON: an agent event
    /// may have any number of parameters, journald refuses entries of more than about a thousand fields.
    private static func append(_ parameters: [Parameter], of event: TelemetryEvent, to entry: inout JournalEntry) {
        let known = AgentParameters(parameters)
        entry.append("MESSAGE") { known.appendMessage(of: event, to: &$0) }
        entry.append("PRIORITY", known.priority.digit)
        entry.append("TELLTALE_SOURCE", event.file.source == .agent ? sources.agent : sources.telltale)
        append("TELLTALE_VERSION", known.version, to: &entry)
        append("TELLTALE_TASK", known.task, to: &entry)
        append("TELLTALE_OPERATION", known.operation, to: &entry)
        append("TELLTALE_OPERATION_ID", known.operationID, to: &entry)
        append("TELLTALE_EVENT_PID", known.pid, to: &entry)
        append("TELLTALE_EVENT_TID", known.tid, to: &entry)
        append("TELLTALE_TIMESTAMP", known.timestamp, to: &entry)
        entry.append("TELLTALE_PROVIDER", event.providerID.bytes)
        entry.append("TELLTALE_PROVIDER_EVENT") { JSONText.append(event.eventID, to: &$0) }
        entry.append("TELLTALE_PARAMETERS") { JSONText.append(parameters, to: &$0) }
    }

    private static func append(_ name: StaticString, _ value: Parameter.Value?, to entry: inout JournalEntry) {
        guard let value else { return }
        entry.append(name) { AgentParameters.appendPlain(value, to: &$0) }
    }
}

/// The parameters of an agent event that have a field of their own in the journal; of two with one name, the first.
private struct AgentParameters {
    private(set) var message: Parameter.Value?
    private(set) var version: Parameter.Value?
    private(set) var task: Parameter.Value?
    private(set) var operation: Parameter.Value?
    private(set) var operationID: Parameter.Value?
    private(set) var pid: Parameter.Value?
    private(set) var tid: Parameter.Value?
    private(set) var timestamp: Parameter.Value?
    private var context: Parameter.Value?
    private var level: Parameter.Value?
    private var name: Parameter.Value?
    private var succeeded: Parameter.Value?

    private static let places: [UTF8Text: any WritableKeyPath<AgentParameters, Parameter.Value?> & Sendable] = [
        "Message": \.message, "Version": \.version, "TaskName": \.task, "Operation": \.operation,
        "OperationId": \.operationID, "EventPid": \.pid, "EventTid": \.tid, "OpcodeName": \.timestamp,
        "Context1": \.context, "CapabilityUsed": \.level, "Name": \.name, "OperationSuccess": \.succeeded,
    ]

    init(_ parameters: [Parameter]) {
        for parameter in parameters {
            guard let place = Self.places[parameter.name], self[keyPath: place] == nil else { continue }
            self[keyPath: place] = parameter.value
        }
    }

    /// The level where there is one; an operation that failed is worth a warning.
    var priority: JournalPriority {
        if case .text(let level) = level { return JournalPriority(level: level.bytes) }
        return succeeded == .boolean(false) ? .warning : .information
    }

    /// `Message`, or `Context1`, or what the event is about.
    func appendMessage(of event: TelemetryEvent, to output: inout [UInt8]) {
        for candidate in [message, context] {
            guard let candidate, candidate != .text("") else { continue }
            return Self.appendPlain(candidate, to: &output)
        }
        for part in [name, operation] {
            guard let part else { continue }
            Self.appendPlain(part, to: &output)
            output.append(UInt8(ascii: " "))
        }
        output.append(contentsOf: "event \(event.eventID) of provider \(event.providerID)".utf8)
    }

    /// A value without the quotation marks of JSON.
    static func appendPlain(_ value: Parameter.Value, to output: inout [UInt8]) {
        if case .text(let text) = value {
            output.append(contentsOf: text.bytes)
        } else {
            JSONText.append(value, to: &output)
        }
    }
}
