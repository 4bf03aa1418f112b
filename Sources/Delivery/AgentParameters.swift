internal import TelemetryEvents

/// The parameters of an agent event that mean something to journals and logs; of two with one name, the first.
struct AgentParameters {
    private var message: Parameter.Value?
    private(set) var version: Parameter.Value?
    private(set) var task: Parameter.Value?
    private(set) var operation: Parameter.Value?
    private(set) var operationID: Parameter.Value?
    private(set) var pid: Parameter.Value?
    private(set) var tid: Parameter.Value?
    private(set) var timestamp: Parameter.Value?
    private var context: Parameter.Value?
    private(set) var level: Parameter.Value?
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

    /// Whether the event tells of an operation that failed, which is worth a warning.
    var tellsOfFailure: Bool { succeeded == .boolean(false) }

    /// `Message`, or `Context1`; nil where both are empty or absent.
    var body: Parameter.Value? {
        [message, context].compactMap { $0 }.first { $0 != .text("") }
    }

    /// The level where there is one.
    var priority: JournalPriority {
        if case .text(let level) = level { return JournalPriority(level: level.bytes) }
        return tellsOfFailure ? .warning : .information
    }

    /// `Message`, or `Context1`, or what the event is about.
    func appendMessage(of event: TelemetryEvent, to output: inout [UInt8]) {
        if let body { return Self.appendPlain(body, to: &output) }
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
