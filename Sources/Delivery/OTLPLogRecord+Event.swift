internal import OpenTelemetryProtocol
internal import TelemetryEvents

extension OTLPLogRecord {
    /// An extension's event has this many attributes at most.
    private static let usualAttributes = 8

    /// The record of an event (contract, section 5); `fileAttributes` tell of its file.
    init(_ event: TelemetryEvent, ofFile fileAttributes: [OTLPKeyValue]) {
        self.init()
        observedTimeUnixNano = event.file.claim.time
        attributes.reserveCapacity(Self.usualAttributes)
        var id: [UInt8] = []
        event.writeID(to: &id)
        attributes.append(OTLPKeyValue("log.record.uid", text: UTF8Text(wellFormed: id[...])))
        attributes += fileAttributes
        switch event.content {
        case .extensionEvent(let content): fill(with: content)
        case .agentEvent(let parameters): fill(with: parameters, of: event)
        }
    }

    private mutating func fill(with content: ExtensionEvent) {
        timeUnixNano = ISO8601Time.nanoseconds(content[.timestamp]) ?? 0
        setSeverity(content[.eventLevel])
        body = OTLPAnyValue(content[.message])
        append("telltale.task", content[.taskName]) { OTLPAnyValue($0) }
        append("telltale.operation_id", content[.operationId]) { OTLPAnyValue($0) }
        append("service.version", content[.version]) { OTLPAnyValue($0) }
        append("process.pid", content[.eventPid]) { OTLPAnyValue(number: $0) }
        append("thread.id", content[.eventTid]) { OTLPAnyValue(number: $0) }
    }

    /// The agent's events and Telltale's own; what their parameters do not name is when their file was written.
    private mutating func fill(with parameters: [Parameter], of event: TelemetryEvent) {
        let known = AgentParameters(parameters)
        timeUnixNano = UInt64(clamping: event.file.modified)
        if case .text(let level) = known.level {
            setSeverity(level)
        } else if known.tellsOfFailure {
            severityNumber = .warn
        }
        if let text = known.body { body = OTLPAnyValue(text) }
        append("telltale.provider", event.providerID) { OTLPAnyValue($0) }
        attributes.append(OTLPKeyValue("telltale.provider_event", OTLPAnyValue(event.eventID)))
        OTLPParameterAttributes(parameters, beside: attributes).append(to: &attributes)
    }

    private mutating func setSeverity(_ level: UTF8Text) {
        severityNumber = OTLPSeverityNumber(EventLevel(level.bytes))
        severityText = level.description
    }

    /// An empty text tells nothing.
    private mutating func append(_ key: String, _ text: UTF8Text, as value: (UTF8Text) -> OTLPAnyValue) {
        guard !text.isEmpty else { return }
        attributes.append(OTLPKeyValue(key, value(text)))
    }
}
