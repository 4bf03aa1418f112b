internal import TelemetryEvents

/// Decides what a destination is sent next, so that an event that it will never take is found, and harms no other.
///
/// A refused request is sent in parts: the first half, and so on, until an event stands alone. That one is condemned only when
/// the destination refused it, then took something else, and then refused it alone again: one that refuses everything for a
/// while, or for good, loses no event that way. So an event that is refused before anything else was taken is a *suspect*, and
/// another one is sent alone as a *witness*, of another publisher if there is one. As soon as one is taken, the suspects are
/// sent again, and those that are refused are condemned. When there are too many suspects, or no witness is left, the
/// destination is probed with a request without events, and takes nothing if it refuses that as well. After a lone refusal
/// requests begin with one event and double with each that is taken.
///
/// A value without a clock or a connection. It outlives the calls to the sink: a search goes on where a pause interrupted it,
/// and what was taken behind a suspect is not sent twice.
struct RefusalSearch: Sendable {
    /// What is to be done next.
    enum Step: Hashable, Sendable {
        /// Send the first of these events, as many as one request may hold.
        case send(Range<Int>)
        /// Send a request without events.
        case probe
        /// All events are settled.
        case finished
    }

    /// So many suspects are enough to doubt the destination.
    static let mostSuspects = 4
    /// So many events are settled behind suspects at most; then no witness is sent.
    static let mostAhead = 16

    /// The most events that a request may have.
    private var size = Int.max
    /// So many of the next events were refused together: one at least is at fault.
    private var refusedTogether = 0
    /// The destination took something since the first refusal of what is searched now.
    private var isProven = false
    private var settled = SettledEvents([])
    /// Indices of the suspects among the present events.
    private var suspects: [Int] = []

    // Between the calls, and of events that are not among the present ones; the newest last.
    /// Suspects of attempts that ended with a probe that was refused.
    private var formerSuspects: [EventKey] = []
    /// The first of the events that were refused together, and their number.
    private var interrupted: (first: EventKey, count: Int)?
    private var otherSuspects: [EventKey] = []
    private var settledElsewhere: [(key: EventKey, settlement: SettledEvents.Settlement)] = []

    /// Takes up the events of a call: those that an earlier one left, and new ones.
    mutating func begin(_ events: ArraySlice<TelemetryEvent>) {
        settled = SettledEvents(events)
        suspects = []
        recognize(events)
        refusedTogether = 0
        if let interrupted, settled.next < events.endIndex, interrupted.first == EventKey(events[settled.next]) {
            refusedTogether = interrupted.count
            self.interrupted = nil
        }
    }

    /// Finds among the events what is remembered of earlier calls.
    private mutating func recognize(_ events: ArraySlice<TelemetryEvent>) {
        guard !otherSuspects.isEmpty || !settledElsewhere.isEmpty else { return }
        var indices: [EventKey: Int] = [:]
        for (index, event) in zip(events.indices, events) { indices[EventKey(event)] = index }
        otherSuspects.removeAll { key in
            guard let index = indices[key] else { return false }
            suspects.append(index)
            return true
        }
        settledElsewhere.removeAll { known in
            guard let index = indices[known.key] else { return false }
            settled.settle(index, as: known.settlement)
            return true
        }
    }

    /// Ends the call; what is not finished is remembered as far as it was decided.
    mutating func end(_ rest: DeliveryOutcome.Rest) -> DeliveryOutcome {
        let outcome = settled.outcome(rest)
        let events = settled.events
        if refusedTogether > 0, settled.next < events.endIndex {
            interrupted = (EventKey(events[settled.next]), refusedTogether)
        }
        otherSuspects = (otherSuspects + suspects.map { EventKey(events[$0]) }).suffix(Self.mostSuspects)
        settledElsewhere =
            (settledElsewhere + settled.ahead.map { (EventKey(events[$0.key]), $0.value) }).suffix(Self.mostAhead)
        settled = SettledEvents([])
        suspects = []
        return outcome
    }

    /// What to do now; the same until what became of it is told.
    func nextStep() -> Step {
        let events = settled.events
        guard settled.next < events.endIndex else { return .finished }
        if let suspect = suspects.min() {
            if isProven { return .send(suspect..<suspect + 1) }
            if let witness { return .send(witness..<witness + 1) }
            return .probe
        }
        let count = refusedTogether > 0 ? max(refusedTogether / 2, 1) : size
        let end = min(events.endIndex, settled.ahead.keys.min() ?? .max)
        return .send(settled.next..<settled.next + min(count, end - settled.next))
    }

    /// The event that is to show whether the destination takes any: the first of a publisher without a suspect, or else the
    /// first of all.
    private var witness: Int? {
        guard suspects.count < Self.mostSuspects, settled.ahead.count < Self.mostAhead else { return nil }
        let events = settled.events
        let candidates = (settled.next..<events.endIndex).lazy.filter { [settled, suspects] index in
            !settled.isSettled(index) && !suspects.contains(index)
        }
        let publishers = Set(suspects.map { events[$0].file.source })
        return candidates.first { !publishers.contains(events[$0].file.source) } ?? candidates.first
    }
}

// MARK: What became of a step

extension RefusalSearch {
    /// The event can never be sent.
    mutating func unsendable(_ index: Int, reason: String) {
        settled.settle(index, as: .refused(reason: reason))
        suspects.removeAll { $0 == index }
    }

    /// The destination took a request with these events.
    mutating func accepted(_ request: Range<Int>, leftOut: UnnamedRefusals?) {
        settled.deliver(request, leftOut: leftOut)
        suspects.removeAll { request.contains($0) }
        isProven = true
        if refusedTogether > 0 {
            refusedTogether = max(refusedTogether - request.count, 0)
        } else {
            size = size > Int.max / 2 ? .max : size * 2
        }
    }

    /// The destination will not take a request with these events again.
    mutating func refused(_ request: Range<Int>, reason: String) {
        let isFirstRefusal = refusedTogether == 0 && !wasSuspected(request)
        // Whatever it took before that may have been another time.
        if isFirstRefusal { isProven = false }
        guard request.count == 1 else {
            refusedTogether = request.count
            size = max(request.count / 2, 1)
            return
        }
        refusedTogether = 0
        size = 1
        suspects.removeAll { $0 == request.lowerBound }
        if isProven {
            settled.settle(request.lowerBound, as: .refused(reason: reason))
        } else {
            suspects.append(request.lowerBound)
        }
    }

    private func wasSuspected(_ request: Range<Int>) -> Bool {
        guard request.count == 1 else { return false }
        let index = request.lowerBound
        return suspects.contains(index) || formerSuspects.contains(EventKey(settled.events[index]))
    }

    /// The destination took the probe.
    mutating func probeAccepted() {
        isProven = true
    }

    /// The destination takes nothing, or at least no probe: everything is tried anew later, with other witnesses.
    mutating func probeRefused() {
        let keys = suspects.map { EventKey(settled.events[$0]) }
        formerSuspects = (formerSuspects.filter { !keys.contains($0) } + keys).suffix(Self.mostSuspects)
        suspects = []
    }

    /// A request came to nothing for a reason that has nothing to do with its events.
    mutating func failed() {
        isProven = false
    }
}
