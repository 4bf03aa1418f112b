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
    /// The provider whose line does not go next; nil: none.
    private var postponed: UTF8Text?
    private var submitted: UInt64 = 0
    /// The unfinished events.
    private(set) var count = 0
    /// What the unfinished events take of the budget, in bytes.
    private(set) var cost = 0

    init(grouping: SinkGrouping = .none) {
        self.grouping = grouping
    }

    var isEmpty: Bool { lines.isEmpty }

    mutating func append(_ part: DeliveryBatch.Part) {
        submitted += 1
        count += part.events.count
        cost += part.cost
        switch grouping {
        case .none: append(part.events, of: nil, cost: part.cost)
        case .byProvider: appendByProvider(part)
        }
    }

    /// Nearly every file has one provider.
    private mutating func appendByProvider(_ part: DeliveryBatch.Part) {
        var rest = part.events
        var left = part.cost
        while let provider = rest.first?.providerID {
            if rest.allSatisfy({ $0.providerID == provider }) { return append(rest, of: provider, cost: left) }
            let own = rest.filter { $0.providerID == provider }
            let cost = part.cost * own.count / part.events.count
            append(own[...], of: provider, cost: cost)
            rest = rest.filter { $0.providerID != provider }[...]
            left -= cost
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

    /// The events to deliver next: those of the line that waits longest, but of another than ``postpone()`` named where
    /// there is one; empty when none wait.
    mutating func next() -> ArraySlice<TelemetryEvent> {
        let first = lines.indices.min { left, right in
            // A line that is postponed goes behind all others.
            (isPostponed(lines[left]) ? 1 : 0, lines[left].order) < (
                isPostponed(lines[right]) ? 1 : 0, lines[right].order
            )
        }
        guard let first else { return [] }
        postponed = nil
        present = first
        return lines[first].next()
    }

    private func isPostponed(_ line: ProviderLine) -> Bool { postponed != nil && line.provider == postponed }

    /// Lets another line go first the next time, since the present one made no progress.
    ///
    /// What a sink cannot decide about events of one provider, another's may show.
    mutating func postpone() {
        if present < lines.count { postponed = lines[present].provider }
    }

    /// Takes out the first `count` events of those that ``next()`` gave last; `refused` are among them, in order.
    mutating func finish(_ count: Int, refused: [RefusedEvent] = []) -> [FinishedEvents] {
        guard count > 0 else { return [] }
        precondition(present < lines.count, "A sink finishes what it was given.")
        let (finished, released) = lines[present].finish(count, refused: refused)
        cost -= released
        self.count -= count
        if lines[present].isEmpty { lines.remove(at: present) }
        return finished
    }

    /// The unfinished events, line after line.
    func forEachUnfinished(_ body: (TelemetryEvent) -> Void) {
        for line in lines { line.forEach(body) }
    }
}
