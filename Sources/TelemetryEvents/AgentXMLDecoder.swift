import CExpat

/// Decodes the agent's event file in XML, and extensions' older ones, through expat.
///
/// An `Event` element begins an event; a `Param` at any depth belongs to the last one begun (those before the first, to
/// the first), and the last `Provider` begun before it names its provider (or else the first of all). Parameters
/// that the agent has wrapped in a CDATA section of their `Event` are read as if they stood there bare.
/// A document type declaration is refused, and with it every entity that is not XML's own.
final class AgentXMLDecoder {
    /// An event while its elements are read.
    private struct Event {
        let offset: Int
        let eventID: Int64?
        var providerID: TextArena.Text?
        var parameters: [AgentEventDraft.DraftParameter] = []
        var fault: RejectedAgentEvent?
    }

    /// A file holds no more events than this: an empty element becomes an event of twenty parameters, so that the size
    /// of a file alone would not bound what it takes in memory.
    static let mostEvents = 10_000

    private let bytes: UnsafeRawBufferPointer
    private let start: Int
    private let file: EventFile
    private let limits: ValidationLimits
    private var texts: TextArena
    private var events: [Event] = []
    private var parameterCount = 0
    /// What stands before the first event.
    private var early = Event(offset: 0, eventID: nil)
    private var firstProvider: TextArena.Text?
    private var lastProvider: TextArena.Text?

    /// Where the XML begins in a file that holds some: at a `<`, which no JSON begins with.
    static func start(of bytes: UnsafeRawBufferPointer) -> Int? {
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        guard let start = bytes.indices.dropFirst(hasMark ? 3 : 0).first(where: { !isBlank(bytes[$0]) }) else {
            return nil
        }
        return bytes[start] == UInt8(ascii: "<") ? start : nil
    }

    init(_ bytes: UnsafeRawBufferPointer, from start: Int, of file: EventFile, limits: ValidationLimits) {
        self.bytes = bytes
        self.start = start
        self.file = file
        self.limits = limits
        texts = TextArena(capacity: bytes.count)
    }

    /// Decodes the whole file, or nothing of it.
    func decode() throws(FileRejection) -> ValidatedFile {
        let reader = XMLReader(nesting: limits.nesting) { element, offset in
            self.begin(element, at: self.start + offset)
        }
        do throws(XMLFault) {
            try reader.read(UnsafeRawBufferPointer(rebasing: bytes[start...]))
        } catch {
            throw .malformed(
                at: TextPlace(of: start + error.offset, in: bytes), reason: error.reason,
                isIncomplete: error.isIncomplete)
        }
        return finished()
    }

    // MARK: Elements

    /// Takes what an element says; answers why the file cannot be taken, if so.
    private func begin(_ element: XMLElement, at offset: Int) -> String? {
        if element.isNamed("Param") {
            guard parameterCount < AgentEventDraft.mostParameters else {
                return "no more than \(AgentEventDraft.mostParameters) parameters were expected"
            }
            parameterCount += 1
            beginParam(element, at: offset)
        } else if element.isNamed("Event") {
            guard events.count < Self.mostEvents else { return "no more than \(Self.mostEvents) events were expected" }
            beginEvent(element, at: offset)
        } else if element.isNamed("Provider"), let id = element["id"] {
            let place = texts.appendRedacted(id)
            firstProvider = firstProvider ?? place
            lastProvider = place
        }
        return nil
    }

    private func beginEvent(_ element: XMLElement, at offset: Int) {
        let eventID = element["id"].flatMap { AgentNumber.eventID(digits: $0) }
        var event = Event(offset: offset, eventID: eventID, providerID: lastProvider)
        if events.isEmpty {
            event.parameters = early.parameters
            event.fault = early.fault
        }
        events.append(event)
    }

    private func beginParam(_ element: XMLElement, at offset: Int) {
        let last = events.indices.last
        guard let name = element["Name"] else {
            let fault = RejectedAgentEvent(property: "Param", expected: "named", offset: offset)
            if let last { events[last].fault = events[last].fault ?? fault } else { early.fault = early.fault ?? fault }
            return
        }
        let place = texts.appendRedacted(name)
        let parameter = AgentEventDraft.DraftParameter(name: place, value: value(of: element))
        if let last { events[last].parameters.append(parameter) } else { early.parameters.append(parameter) }
    }

    /// The value of a `Param` by its type; one whose type does not fit it stays the text that it is.
    private func value(of element: XMLElement) -> AgentEventDraft.Value {
        let value = element["Value"] ?? UnsafeRawBufferPointer(start: nil, count: 0)
        switch element["T"].map({ String(decoding: $0, as: UTF8.self) }) {
        case "mt:uint64":
            if let digits = AgentNumber.integer(value) { return .integer(texts.append(digits)) }
        case "mt:float64":
            if let number = AgentNumber.float(value) { return .float(number) }
        case "mt:bool":
            switch value.count < 8 ? String(decoding: value, as: UTF8.self).lowercased() : nil {
            case "true", "1": return .boolean(true)
            case "false", "0", "": return .boolean(false)
            default: break
            }
        default: break
        }
        return .text(texts.appendRedacted(value))
    }

    // MARK: Judging

    private func finished() -> ValidatedFile {
        // A file without any event is one that lacks its number.
        if events.isEmpty { events = [Event(offset: start, eventID: nil)] }
        var tally = RejectionTally(limits: limits)
        var alterations = AlterationTally(limits: limits)
        let time = EventTime.text(nanoseconds: file.modified)
        let accepted = events.indices.compactMap { index -> TelemetryEvent? in
            switch draft(at: index) {
            case .success(let draft):
                let event = draft.event(texts: texts.bytes, file: file, format: "xml", time: time)
                draft.noteRedactions(in: texts, delivering: event, to: &alterations)
                return event
            case .failure(let rejected):
                tally.add(rejected.code, index: index, offset: rejected.offset)
                return nil
            }
        }
        return ValidatedFile(events: accepted, rejections: tally.finish(in: bytes), alterations: alterations)
    }

    private func draft(at index: Int) -> Result<AgentEventDraft, RejectedAgentEvent> {
        let event = events[index]
        guard let eventID = event.eventID else {
            return .failure(
                RejectedAgentEvent(property: "eventId", expected: "an integer or digits", offset: event.offset))
        }
        guard let provider = event.providerID ?? firstProvider else {
            return .failure(RejectedAgentEvent(property: "providerId", expected: "text", offset: event.offset))
        }
        if let fault = event.fault { return .failure(fault) }
        return .success(
            AgentEventDraft(index: index, eventID: eventID, providerID: provider, parameters: event.parameters))
    }
}
