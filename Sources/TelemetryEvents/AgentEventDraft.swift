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

    /// A file's events have no more parameters than this together: small ones take many times their bytes in memory.
    static let mostParameters = 10_000

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

    /// Notes what was redacted in those of the event's texts that are delivered: trimming leaves some out.
    func noteRedactions(in texts: TextArena, delivering event: TelemetryEvent, to alterations: inout AlterationTally) {
        guard texts.holdsRedactions else { return }
        let ofProvider = texts.queriesRedacted(in: providerID)
        if ofProvider > 0 { alterations.add(.redacted(queries: ofProvider), in: "providerId", index: index) }
        var delivered: Set<UTF8Text> = []
        event.forEachParameter { delivered.insert($0.name) }
        for parameter in parameters {
            let queries = texts.queriesRedacted(in: parameter.name) + parameter.value.queriesRedacted(in: texts)
            guard queries > 0 else { continue }
            let name = UTF8Text(wellFormed: texts.bytes[parameter.name.start..<parameter.name.end])
            guard delivered.contains(name) else { continue }
            alterations.add(.redacted(queries: queries), in: name.description, index: index)
        }
    }
}

extension AgentEventDraft.Value {
    fileprivate func queriesRedacted(in texts: TextArena) -> Int {
        switch self {
        case .text(let text), .json(let text): texts.queriesRedacted(in: text)
        case .integer, .float, .boolean: 0
        }
    }
}
