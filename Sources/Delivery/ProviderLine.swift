internal import TelemetryEvents

/// Unfinished events that may be handed to a sink together, part after part.
struct ProviderLine: Sendable {
    /// Events of one claim.
    struct Part: Sendable {
        /// Not empty.
        var events: ArraySlice<TelemetryEvent>
        /// Given back when all of them are finished.
        let cost: Int
        /// Counts up over all lines of a sink.
        let order: UInt64
    }

    /// Nil where events of all providers may go together.
    let provider: UTF8Text?
    private var parts: [Part]
    /// The first part that is not finished; those before it are removed now and then.
    private var head = 0

    init(of provider: UTF8Text?, beginningWith part: Part) {
        self.provider = provider
        parts = [part]
    }

    var isEmpty: Bool { head == parts.count }

    /// When the first part came; the largest number where there is none.
    var order: UInt64 { isEmpty ? .max : parts[head].order }

    mutating func append(_ part: Part) {
        parts.append(part)
    }

    /// The first part, and those behind it as far as they fit.
    func next() -> ArraySlice<TelemetryEvent> {
        guard !isEmpty else { return [] }
        let first = parts[head].events
        guard first.count < LaneQueue.togetherAtMost, head + 1 < parts.count else { return first }
        var together = first
        for part in parts[(head + 1)...] {
            if together.count + part.events.count > LaneQueue.togetherAtMost { break }
            together.append(contentsOf: part.events)
        }
        return together
    }

    /// Takes out the first `count` events; answers them by claim, and the cost of the parts that are done.
    mutating func finish(
        _ count: Int, refused: [RefusedEvent]
    ) -> (events: [LaneQueue.FinishedEvents], cost: Int) {
        var remaining = count
        var refused = refused[...]
        var finished: [LaneQueue.FinishedEvents] = []
        var cost = 0
        while remaining > 0 {
            precondition(!isEmpty, "A sink cannot finish more events than it was given.")
            let events = parts[head].events.prefix(remaining)
            finished.append(
                LaneQueue.FinishedEvents(
                    claim: events[events.startIndex].file.claim, count: events.count,
                    refused: Self.take(&refused, among: events)))
            remaining -= events.count
            parts[head].events = parts[head].events[events.endIndex...]
            guard parts[head].events.isEmpty else { break }
            // An empty slice would keep the events of the whole file.
            parts[head].events = []
            cost += parts[head].cost
            head += 1
        }
        dropFinished()
        return (finished, cost)
    }

    private static func take(
        _ refused: inout ArraySlice<RefusedEvent>, among events: ArraySlice<TelemetryEvent>
    ) -> [RefusedEvent] {
        guard !refused.isEmpty else { return [] }
        var taken: [RefusedEvent] = []
        for event in events {
            guard let next = refused.first else { break }
            guard next.event.file === event.file, next.event.index == event.index else { continue }
            taken.append(next)
            refused.removeFirst()
        }
        return taken
    }

    /// Keeps the list short without moving it for every call.
    private mutating func dropFinished() {
        guard isEmpty || head >= 64 else { return }
        parts.removeFirst(head)
        head = 0
    }

    func forEach(_ body: (TelemetryEvent) -> Void) {
        for part in parts[head...] { part.events.forEach(body) }
    }
}
