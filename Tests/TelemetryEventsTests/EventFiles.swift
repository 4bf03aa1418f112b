import TelemetryEvents

/// Files to validate, and what came of them in a form that tests can compare.
enum EventFiles {
    /// A common parameter each before and after the event's own, and the collector's.
    static let common = CommonParameters(
        leading: [Parameter("GAVersion", .text("Telltale-1"))],
        collector: [
            Parameter("EventTid", .integer("11")), Parameter("EventPid", .integer("12")),
            Parameter("TaskName", .text("Collector")),
        ],
        trailing: [Parameter("RAM", .integer("2048"))])

    static func file(_ source: EventFile.Source, name: UTF8Text = "1.json", modified: Int64 = 0) -> EventFile {
        EventFile(
            claim: ClaimID(time: 1, counter: 0), source: source, name: name, modified: modified, common: common)
    }

    static func validate(
        _ bytes: [UInt8], of file: EventFile = file(.handler("Acme")), limits: ValidationLimits = ValidationLimits()
    ) throws(FileRejection) -> ValidatedFile {
        let validator = EventValidator(limits: limits)
        let result = bytes.withUnsafeBytes { bytes in
            Result { () throws(FileRejection) in try validator.validate(bytes, of: file) }
        }
        return try result.get()
    }

    static func validate(
        _ text: String, limits: ValidationLimits = ValidationLimits()
    ) throws(FileRejection) -> ValidatedFile {
        try validate(Array(text.utf8), limits: limits)
    }

    /// Validates a file of the agent's.
    static func agent(
        _ text: String, name: UTF8Text = "1.waagent.tld", limits: ValidationLimits = ValidationLimits()
    ) throws(FileRejection) -> ValidatedFile {
        try validate(Array(text.utf8), of: file(.agent, name: name), limits: limits)
    }

    /// An extension's event with some members replaced (nil: left out), as JSON; the values are JSON themselves.
    static func event(_ changes: [String: String?] = [:]) -> String {
        let members = [
            "Version": "\"1.2\"", "Timestamp": "\"2024-11-01T14:48:31Z\"", "TaskName": "\"Install\"",
            "EventLevel": "\"Error\"", "Message": "\"hello\"", "EventPid": "\"12\"", "EventTid": "\"34\"",
            "OperationId": "\"op\"",
        ]
        let merged = members.merging(changes.compactMapValues { $0 }) { $1 }
        let written = merged.filter { changes[$0.key] != .some(nil) }.sorted { $0.key < $1.key }
        return "{" + written.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
    }

    /// The one event of a file that holds one.
    static func only(_ file: ValidatedFile) throws -> ExtensionEvent {
        guard file.events.count == 1, case .extensionEvent(let event)? = file.events.first?.content else {
            throw NotOneEvent(count: file.events.count, rejected: file.rejections)
        }
        return event
    }

    /// A message after validation, from JSON text without its quotation marks.
    static func message(_ written: String) throws -> String {
        try only(validate(event(["Message": "\"\(written)\""])))[.message].description
    }

    /// The parameters of the one agent event of a file, each written as `name=value`.
    static func parameters(_ file: ValidatedFile) throws -> [String] {
        guard file.events.count == 1, let event = file.events.first else {
            throw NotOneEvent(count: file.events.count, rejected: file.rejections)
        }
        return parameters(event)
    }

    static func parameters(_ event: TelemetryEvent) -> [String] {
        var written: [String] = []
        event.forEachParameter { parameter in
            let value =
                switch parameter.value {
                case .text(let text): "'\(text)'"
                case .integer(let digits): digits.description
                case .float(let number): "float \(number)"
                case .boolean(let flag): flag.description
                case .json(let json): "json \(json)"
                }
            written.append("\(parameter.name)=\(value)")
        }
        return written
    }

    struct NotOneEvent: Error {
        let count: Int
        let rejected: [Rejection]
    }
}
