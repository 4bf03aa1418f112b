package import TelemetryEvents

/// What becomes of one event file and of each of its events, for people and for programs.
///
/// The shared validator decides. However many events the file holds, a bounded number is listed, and all are counted.
package struct ValidationReport: Sendable {
    /// What becomes of one event.
    struct Event: Sendable {
        enum Verdict: Sendable {
            /// `summary` says which event it is.
            case accepted(summary: String, [Alteration])
            case rejected(Rejection, SourceExcerpt)
        }

        /// The position in the file's list of events, from 0.
        let index: Int
        let verdict: Verdict
    }

    /// What the file is called; any text.
    let name: String
    let isOfAgent: Bool
    /// Why the whole file was rejected; nil when its events were looked at.
    let rejection: FileRejection?
    /// Where the fault of the whole file stands, if it has a place.
    let excerpt: SourceExcerpt?
    /// Accepted events.
    let accepted: Int
    /// Rejected events by the contract's words, the most frequent first.
    let reasons: [(reason: String, count: Int)]
    /// Texts of accepted events that are cut.
    let cutCount: Int
    /// Texts of accepted events that are redacted.
    let redactedCount: Int
    /// The listed events, in the file's order.
    let events: [Event]
    /// What else its author should know of the file; a sentence without its full stop.
    package var warning: String?

    /// Reports on the contents of a file, by the schema of its source.
    ///
    /// `name` is what the file is called; the end of an agent's tells the legacy schema. At most `limit` rejected and as
    /// many accepted events are listed, whatever `ValidationLimits.keptRejections` says.
    package init(
        of bytes: [UInt8], from source: EventFile.Source, named name: String,
        listing limit: Int = ValidationLimits().keptRejections
    ) {
        var limits = ValidationLimits()
        limits.keptRejections = limit
        let file = EventFile(
            claim: ClaimID(time: 0, counter: 0), source: source, name: UTF8Text(name), modified: 0,
            common: CommonParameters(leading: [], collector: [], trailing: []))
        let validator = EventValidator(limits: limits)
        do throws(FileRejection) {
            let validated = try bytes.span.withUnsafeBytes { (buffer) throws(FileRejection) in
                try validator.validate(buffer, of: file)
            }
            self.init(validated, of: bytes, from: source, named: name, listing: limit)
        } catch {
            self.init(error, of: bytes, from: source, named: name)
        }
    }

    /// Reports that a file is rejected whole; `bytes` are what was read of it.
    package init(
        _ rejection: FileRejection, of bytes: [UInt8] = [], from source: EventFile.Source, named name: String
    ) {
        self.name = name
        isOfAgent = source == .agent
        self.rejection = rejection
        excerpt = rejection.place.map { SourceExcerpt(of: bytes, at: $0) }
        accepted = 0
        reasons = []
        cutCount = 0
        redactedCount = 0
        events = []
    }

    private init(
        _ file: ValidatedFile, of bytes: [UInt8], from source: EventFile.Source, named name: String, listing limit: Int
    ) {
        self.name = name
        isOfAgent = source == .agent
        rejection = nil
        excerpt = nil
        accepted = file.events.count
        reasons = file.rejected.map { (reason: $0.key.description, count: $0.value) }
            .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
        cutCount = file.cutCount
        redactedCount = file.redactedCount
        let rejected = file.rejections.map { rejection in
            Event(
                index: rejection.index,
                verdict: .rejected(rejection, SourceExcerpt(of: bytes, at: rejection.place)))
        }
        events = (rejected + Self.listed(file, limit)).sorted { $0.index < $1.index }
    }

    /// The accepted events that are listed: those that are altered, then the first of the others.
    private static func listed(_ file: ValidatedFile, _ limit: Int) -> [Event] {
        let alterations = Dictionary(grouping: file.alterations, by: \.index)
        var room = limit - alterations.count
        var listed: [Event] = []
        for event in file.events where listed.count < limit {
            let own = alterations[event.index]
            if own == nil {
                guard room > 0 else { continue }
                room -= 1
            }
            listed.append(Event(index: event.index, verdict: .accepted(summary: summary(of: event), own ?? [])))
        }
        return listed
    }

    private static func summary(of event: TelemetryEvent) -> String {
        switch event.content {
        case .extensionEvent(let fields):
            let level = fields[.eventLevel].description.shownOnTerminal(columns: 16)
            let task = fields[.taskName].description.shownOnTerminal(columns: 24)
            let message = fields[.message].description.shownOnTerminal(columns: 40)
            return "\(level), \(task): \"\(message)\""
        case .agentEvent(let parameters):
            let summary = "eventId \(event.eventID), \(parameters.count.counting("parameter"))"
            guard case .text(let message)? = parameters.first(where: { $0.name == "Message" })?.value else {
                return summary
            }
            return "\(summary): \"\(message.description.shownOnTerminal(columns: 40))\""
        }
    }

    /// What is changed in the texts of the listed events.
    package var alterations: [Alteration] {
        events.flatMap { event -> [Alteration] in
            if case .accepted(_, let alterations) = event.verdict { alterations } else { [] }
        }
    }

    /// Rejected events; those of a file that is rejected whole are not counted.
    var rejected: Int { reasons.reduce(0) { $0 + $1.count } }

    /// Whether anything of it would not be delivered.
    package var findsFaults: Bool { rejection != nil || rejected > 0 }
}

extension Int {
    /// The number with its noun, in the singular or the plural.
    func counting(_ noun: String, _ plural: String? = nil) -> String {
        "\(self) \(self == 1 ? noun : plural ?? noun + "s")"
    }
}
