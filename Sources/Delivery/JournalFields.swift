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
