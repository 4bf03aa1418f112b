/// An agent event as its file has it, its texts still in the arena that is being filled.
struct AgentEventDraft {
    enum Value {
        case text(TextArena.Text)
        case integer(TextArena.Text)
        case float(Double)
        case boolean(Bool)
        case json(TextArena.Text)
    }

    struct DraftParameter {
        let name: TextArena.Text
        let value: Value
    }

    let index: Int
    let eventID: Int64
    let providerID: TextArena.Text
    let parameters: [DraftParameter]

    /// The event, with its texts in the finished buffer.
    ///
    /// `format` tells what the file was written in: `json` or `xml`.
    func event(texts: [UInt8], file: EventFile, format: UTF8Text, time: UTF8Text) -> TelemetryEvent {
        func text(_ place: TextArena.Text) -> UTF8Text { UTF8Text(wellFormed: texts[place.start..<place.end]) }
        let own = parameters.map { parameter in
            let value: Parameter.Value =
                switch parameter.value {
                case .text(let place): .text(text(place))
                case .integer(let place): .integer(text(place))
                case .float(let number): .float(number)
                case .boolean(let flag): .boolean(flag)
                case .json(let place): .json(text(place))
                }
            return Parameter(text(parameter.name), value)
        }
        let provider = text(providerID)
        var complete = own
        if LegacyAgentEvents.areIn(file) {
            complete = LegacyAgentEvents.completed(
                own, eventID: eventID, providerID: provider, format: format, time: time, common: file.common)
        }
        return TelemetryEvent(
            file: file, index: index, eventID: eventID, providerID: provider, content: .agentEvent(complete),
            time: time)
    }
}
