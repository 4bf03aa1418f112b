/// Decodes the agent's event file in JSON: one object with `eventId`, `providerId` and `parameters`.
///
/// Keys must be spelt exactly so; of a key that is repeated the last counts; others are checked and passed. An event
/// without `parameters` has none; a parameter without `value` has null.
struct AgentJSONDecoder {
    /// A value and where it begins.
    private struct Placed {
        let value: JSONValue
        let offset: Int
    }

    private let bytes: UnsafeRawBufferPointer
    private let file: EventFile
    private let limits: ValidationLimits
    private var texts: TextArena
    private var eventID: Placed?
    private var providerID: Placed?
    private var parameters: [AgentEventDraft.DraftParameter] = []
    private var faultOfParameters: RejectedAgentEvent?

    init(_ bytes: UnsafeRawBufferPointer, of file: EventFile, limits: ValidationLimits) {
        self.bytes = bytes
        self.file = file
        self.limits = limits
        texts = TextArena(capacity: bytes.count)
    }

    /// Decodes the whole file, or nothing of it.
    mutating func decode() throws(JSONFault) -> ValidatedFile {
        var scanner = try JSONScanner(bytes, nesting: limits.nesting)
        var tally = RejectionTally(limits: limits)
        var alterations = AlterationTally(limits: limits)
        var events: [TelemetryEvent] = []
        let first = scanner.peek()
        let start = scanner.position
        if first == UInt8(ascii: "{") {
            try readEvent(&scanner)
            try scanner.finish()
            switch draft(from: start) {
            case .success(let draft):
                let time = EventTime.text(nanoseconds: file.modified)
                let event = draft.event(texts: texts.bytes, file: file, format: "json", time: time)
                draft.noteRedactions(in: texts, delivering: event, to: &alterations)
                events = [event]
            case .failure(let rejected):
                tally.add(rejected.code, index: 0, offset: rejected.offset)
            }
        } else {
            _ = try scanner.value()
            try scanner.finish()
            tally.add(.notAnObject, index: 0, offset: start)
        }
        return ValidatedFile(events: events, rejections: tally.finish(in: bytes), alterations: alterations)
    }

    // MARK: Reading

    private mutating func readEvent(_ scanner: inout JSONScanner) throws(JSONFault) {
        try scanner.forEachMember { (scanner, key) throws(JSONFault) in
            if isKey(key, "eventId") {
                eventID = try Self.value(&scanner)
            } else if isKey(key, "providerId") {
                providerID = try Self.value(&scanner)
            } else if isKey(key, "parameters") {
                try readParameters(&scanner)
            } else {
                _ = try scanner.value()
            }
        }
    }

    private mutating func readParameters(_ scanner: inout JSONScanner) throws(JSONFault) {
        parameters = []
        faultOfParameters = nil
        guard scanner.peek() == UInt8(ascii: "[") else {
            let other = try Self.value(&scanner)
            noteFault("parameters", expected: "a list", at: other.offset)
            return
        }
        try scanner.forEachElement { (scanner) throws(JSONFault) in try readParameter(&scanner) }
    }

    private mutating func readParameter(_ scanner: inout JSONScanner) throws(JSONFault) {
        guard scanner.peek() == UInt8(ascii: "{") else {
            let other = try Self.value(&scanner)
            noteFault("parameters", expected: "a list of objects", at: other.offset)
            return
        }
        let start = scanner.position
        var name: Placed?
        var value: Placed?
        try scanner.forEachMember { (scanner, key) throws(JSONFault) in
            if isKey(key, "name") {
                name = try Self.value(&scanner)
            } else if isKey(key, "value") {
                value = try Self.value(&scanner)
            } else {
                _ = try scanner.value()
            }
        }
        guard case .text(let nameText) = name?.value else {
            noteFault("name", expected: "text", at: name?.offset ?? start)
            return
        }
        guard parameters.count < AgentEventDraft.mostParameters else {
            noteFault("parameters", expected: "a list of at most \(AgentEventDraft.mostParameters)", at: start)
            return
        }
        let place = texts.append(nameText, of: bytes, strips: false)
        parameters.append(AgentEventDraft.DraftParameter(name: place, value: draft(of: value?.value ?? .null)))
    }

    private static func value(_ scanner: inout JSONScanner) throws(JSONFault) -> Placed {
        _ = scanner.peek()
        let offset = scanner.position
        return Placed(value: try scanner.value(), offset: offset)
    }

    private mutating func noteFault(_ property: String, expected: String, at offset: Int) {
        guard faultOfParameters == nil else { return }
        faultOfParameters = RejectedAgentEvent(property: property, expected: expected, offset: offset)
    }

    private func isKey(_ key: JSONString, _ name: StaticString) -> Bool {
        let raw = slice(key.start..<key.end)
        let name = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard key.isEscaped else { return raw.elementsEqual(name) }
        // Each byte of an escaped name takes six at most; longer keys are not worth unescaping.
        guard raw.count <= 6 * name.count else { return false }
        var unescaped: [UInt8] = []
        JSONEscapes.append(raw, to: &unescaped)
        return unescaped.elementsEqual(name)
    }

    private func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    // MARK: Judging

    private mutating func draft(of value: JSONValue) -> AgentEventDraft.Value {
        switch value {
        case .text(let text): return .text(texts.append(text, of: bytes, strips: false))
        case .integer(let place): return .integer(texts.append(AgentNumber.integer(slice(place)) ?? []))
        case .float(let place):
            // What no Double can hold keeps its spelling, which is a JSON number still.
            guard let number = AgentNumber.float(slice(place)) else { return .json(texts.append(Array(slice(place)))) }
            return .float(number)
        case .boolean(let flag): return .boolean(flag)
        case .null: return .json(texts.append(Array("null".utf8)))
        case .container(let place): return .json(texts.appendCompacted(slice(place)))
        }
    }

    private mutating func draft(from start: Int) -> Result<AgentEventDraft, RejectedAgentEvent> {
        guard let eventNumber = eventNumber() else {
            let offset = eventID?.offset ?? start
            return .failure(RejectedAgentEvent(property: "eventId", expected: "an integer or digits", offset: offset))
        }
        guard case .text(let provider) = providerID?.value else {
            let offset = providerID?.offset ?? start
            return .failure(RejectedAgentEvent(property: "providerId", expected: "text", offset: offset))
        }
        if let faultOfParameters { return .failure(faultOfParameters) }
        let place = texts.append(provider, of: bytes, strips: false)
        return .success(AgentEventDraft(index: 0, eventID: eventNumber, providerID: place, parameters: parameters))
    }

    private func eventNumber() -> Int64? {
        switch eventID?.value {
        case .integer(let place): return Int64(String(decoding: slice(place), as: UTF8.self))
        case .text(let text):
            return text.content(in: bytes).bytes.withUnsafeBytes { AgentNumber.eventID(digits: $0) }
        default: return nil
        }
    }
}
