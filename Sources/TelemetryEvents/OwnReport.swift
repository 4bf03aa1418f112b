/// What Telltale itself says into the telemetry channel (contract, end of sections 1 and 2).
package enum OwnReport: Hashable, Sendable {
    /// A warning in the agent's log: what was left out of an extension's events.
    case warning(String)
    /// Events that were lost for good, as the agent counts them.
    case errors(Operation, Errors)

    /// What could not be done with them.
    package enum Operation: String, CaseIterable, Sendable {
        /// They could not be used.
        case collect = "CollectEventErrors"
        /// They were not UTF-8.
        case decode = "CollectEventUnicodeErrors"
        /// A sink would never take them.
        case deliver = "ReportEventErrors"
    }

    /// How many events were lost, and why the first of them were.
    package struct Errors: Hashable, Sendable {
        /// Reasons that a report names; the others are counted only.
        package static let namedReasons = 5

        package private(set) var count = 0
        package private(set) var reasons: [String] = []

        package init() {}

        package mutating func add(_ reason: String, count added: Int = 1) {
            count += added
            if reasons.count < Self.namedReasons, !reasons.contains(reason) { reasons.append(reason) }
        }

        var message: String {
            "DroppedEventsCount: \(count)\nReasons (first \(Self.namedReasons) errors): \(reasons.joined(separator: ", "))"
        }
    }

    /// The event that carries the report; its file is one of source `telltale`, whose time it bears.
    ///
    /// `version` is Telltale's own.
    package func event(in file: EventFile, version: String) -> TelemetryEvent {
        let time = EventTime.text(nanoseconds: file.modified)
        let eventID: Int64
        let provider: UTF8Text
        let parameters: [Parameter]
        switch self {
        case .warning(let message):
            eventID = TelemetryEvent.extensionEventID
            provider = TelemetryEvent.extensionProvider
            let common = LegacyAgentEvents.withMissing([], time: time, common: file.common)
            parameters =
                common + [
                    Parameter("EventName", .text("Log")), Parameter("CapabilityUsed", .text("WARNING")),
                    Parameter("Context1", .text(UTF8Text(message))), Parameter("Context2", .text(time)),
                    Parameter("Context3", .text("")),
                ]
        case .errors(let operation, let errors):
            eventID = 1
            provider = TelemetryEvent.agentProvider
            let own = [
                Parameter("Name", .text("Telltale")), Parameter("Version", .text(UTF8Text(version))),
                Parameter("Operation", .text(UTF8Text(operation.rawValue))),
                Parameter("OperationSuccess", .boolean(false)),
                Parameter("Message", .text(UTF8Text(errors.message))), Parameter("Duration", .integer("0")),
            ]
            parameters = LegacyAgentEvents.completed(
                own, eventID: eventID, providerID: provider, format: "json", time: time, common: file.common)
        }
        return TelemetryEvent(
            file: file, index: 0, eventID: eventID, providerID: provider, content: .agentEvent(parameters), time: time)
    }
}
