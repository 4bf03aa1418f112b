import ProgramTestKit

@testable import TelemetryEvents

/// What a request should say of events: the contract's words, written a second time.
enum OTLPExpectation {
    static let severities = [
        "critical": 21, "error": 17, "warning": 13, "informational": 9, "logalways": 9, "verbose": 5, "info": 9,
        "debug": 5,
    ]

    static func record(of event: TelemetryEvent) -> DecodedLogs.Record {
        var record = DecodedLogs.Record()
        record.observedTime = event.file.claim.time
        record.attributes.append(.init("log.record.uid", .text(ExactText("\(event.file.claim)-\(event.index)"))))
        if let handler = event.file.handler { record.attributes.append(.init("telltale.handler", text(handler))) }
        if let name = event.file.name { record.attributes.append(.init("telltale.file", text(name))) }
        switch event.content {
        case .extensionEvent(let content): describe(content, in: &record)
        case .agentEvent(let parameters): describe(parameters, of: event, in: &record)
        }
        return record
    }

    private static func describe(_ content: ExtensionEvent, in record: inout DecodedLogs.Record) {
        record.time = ISO8601Time.nanoseconds(content[.timestamp]) ?? 0
        setSeverity(content[.eventLevel], in: &record)
        record.body = text(content[.message])
        let texts: [(ExactText, ExtensionEvent.Field)] = [
            ("telltale.task", .taskName), ("telltale.operation_id", .operationId), ("service.version", .version),
        ]
        for (key, field) in texts where !content[field].isEmpty {
            record.attributes.append(.init(key, text(content[field])))
        }
        let numbers: [(ExactText, ExtensionEvent.Field)] = [("process.pid", .eventPid), ("thread.id", .eventTid)]
        for (key, field) in numbers where !content[field].isEmpty {
            record.attributes.append(.init(key, number(content[field])))
        }
    }

    private static func describe(
        _ parameters: [Parameter], of event: TelemetryEvent, in record: inout DecodedLogs.Record
    ) {
        record.time = UInt64(max(event.file.modified, 0))
        func first(_ name: UTF8Text) -> Parameter.Value? { parameters.first { $0.name == name }?.value }
        if case .text(let level) = first("CapabilityUsed") {
            setSeverity(level, in: &record)
        } else if first("OperationSuccess") == .boolean(false) {
            record.severityNumber = 13
        }
        for name in ["Context1", "Message"] as [UTF8Text] {
            if let content = first(name), content != .text("") { record.body = value(content) }
        }
        if !event.providerID.isEmpty { record.attributes.append(.init("telltale.provider", text(event.providerID))) }
        record.attributes.append(.init("telltale.provider_event", .integer(event.eventID)))
        let taken = record.attributes.map(\.key)
        var values: [(key: ExactText, values: [DecodedLogs.Value])] = []
        for parameter in parameters {
            var key = ExactText(parameter.name.description)
            if key == "" || taken.contains(key) { key = ExactText("telltale.parameter.\(parameter.name)") }
            if let place = values.firstIndex(where: { $0.key == key }) {
                values[place].values.append(value(parameter.value))
            } else {
                values.append((key, [value(parameter.value)]))
            }
        }
        record.attributes += values.map { .init($0.key, $0.values.count == 1 ? $0.values[0] : .list($0.values)) }
    }

    private static func setSeverity(_ level: UTF8Text, in record: inout DecodedLogs.Record) {
        record.severityNumber = severities[level.description.lowercased()] ?? 0
        record.severityText = level.isEmpty ? nil : ExactText(level.description)
    }

    private static func text(_ text: UTF8Text) -> DecodedLogs.Value { .text(ExactText(text.description)) }

    /// An integer where the digits are its shortest spelling.
    private static func number(_ text: UTF8Text) -> DecodedLogs.Value {
        let written = text.description
        guard let number = Int64(written), ExactText(String(number)) == ExactText(written) else {
            return .text(ExactText(written))
        }
        return .integer(number)
    }

    private static func value(_ value: Parameter.Value) -> DecodedLogs.Value {
        switch value {
        case .text(let content), .json(let content): text(content)
        case .integer(let digits): number(digits)
        case .float(let number): .float(number)
        case .boolean(let flag): .boolean(flag)
        }
    }
}
