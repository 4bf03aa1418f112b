internal import TelemetryEvents

/// The events that one sink has not finished, in order, with what they take of its budget.
///
/// A sink whose requests hold events of one provider gets a line for each provider.
struct LaneQueue: Sendable {
    /// Events of one claim that the sink has finished.
    struct FinishedEvents: Sendable {
        let claim: ClaimID
        let count: Int
        let refused: [RefusedEvent]
    }

    /// Small parts that wait are handed over together, up to about this many events: a sink pays for each call
    /// (a request, a synchronised file), not for each event.
    static let togetherAtMost = 1024

    private let grouping: SinkGrouping
    private var lines: [ProviderLine] = []
    /// The line that the last ``next()`` took from.
    private var present = 0
    private var submitted: UInt64 = 0
    /// What the unfinished events take of the budget, in bytes.
    private(set) var cost = 0

    init(grouping: SinkGrouping = .none) {
        self.grouping = grouping
    }

    var isEmpty: Bool { lines.isEmpty }

    mutating func append(_ part: DeliveryBatch.Part) {
        submitted += 1
        cost += part.cost
        switch grouping {
        case .none: append(part.events, of: nil, cost: part.cost)
        case .byProvider: appendByProvider(part)
        }
    }

    /// Nearly every file has one provider.
    private mutating func appendByProvider(_ part: DeliveryBatch.Part) {
        var rest = part.events
        var cost = part.cost
        while let provider = rest.first?.providerID {
            if rest.allSatisfy({ $0.providerID == provider }) { return append(rest, of: provider, cost: cost) }
            append(rest.filter { $0.providerID == provider }[...], of: provider, cost: cost)
            rest = rest.filter { $0.providerID != provider }[...]
            // What the part takes is given back with its first events.
            cost = 0
        }
    }

    private mutating func append(_ events: ArraySlice<TelemetryEvent>, of provider: UTF8Text?, cost: Int) {
        let part = ProviderLine.Part(events: events, cost: cost, order: submitted)
        if let line = lines.firstIndex(where: { $0.provider == provider }) {
            lines[line].append(part)
        } else {
            lines.append(ProviderLine(of: provider, beginningWith: part))
        }
    }

    /// The events to deliver next, those of the line that waits longest; empty when none wait.
    mutating func next() -> ArraySlice<TelemetryEvent> {
        guard let first = lines.indices.min(by: { lines[$0].order < lines[$1].order }) else { return [] }
        present = first
        return lines[first].next()
    }

    /// Takes out the first `count` events of those that ``next()`` gave last; `refused` are among them, in order.
    mutating func finish(_ count: Int, refused: [RefusedEvent] = []) -> [FinishedEvents] {
        guard count > 0 else { return [] }
        precondition(present < lines.count, "A sink finishes what it was given.")
        let (finished, released) = lines[present].finish(count, refused: refused)
        cost -= released
        if lines[present].isEmpty { lines.remove(at: present) }
        return finished
    }

    /// The unfinished events, line after line.
    func forEachUnfinished(_ body: (TelemetryEvent) -> Void) {
        for line in lines { line.forEach(body) }
    }
}
