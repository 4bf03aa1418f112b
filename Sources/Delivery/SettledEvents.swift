internal import TelemetryEvents

/// The events of one call to a sink with what became of them, in whatever order that was decided.
struct SettledEvents: Sendable {
    /// What became of an event.
    enum Settlement: Hashable, Sendable {
        case delivered
        case refused(reason: String)
    }

    let events: ArraySlice<TelemetryEvent>
    /// The first event that is not settled; the end when all are.
    private(set) var next: Int
    /// The settled events behind that one, by their indices.
    private(set) var ahead: [Int: Settlement] = [:]
    private var refused: [RefusedEvent] = []
    private var unnamedRefusals: [UnnamedRefusals] = []

    init(_ events: ArraySlice<TelemetryEvent>) {
        self.events = events
        next = events.startIndex
    }

    func isSettled(_ index: Int) -> Bool {
        index < next || ahead[index] != nil
    }

    /// Settles an event that is not settled.
    mutating func settle(_ index: Int, as settlement: Settlement) {
        guard index == next else {
            ahead[index] = settlement
            return
        }
        finishNext(settlement)
        while !ahead.isEmpty, let settlement = ahead.removeValue(forKey: next) { finishNext(settlement) }
    }

    private mutating func finishNext(_ settlement: Settlement) {
        if case .refused(let reason) = settlement { refused.append(RefusedEvent(event: events[next], reason: reason)) }
        next += 1
    }

    /// Settles the events of a request that the destination took, but for those that it says it left out.
    mutating func deliver(_ request: Range<Int>, leftOut: UnnamedRefusals?) {
        let isNoneTaken = leftOut.map { $0.count >= request.count } ?? false
        if let leftOut, leftOut.count > 0, !isNoneTaken { unnamedRefusals.append(leftOut) }
        for index in request {
            // With none taken it is known which were left out.
            settle(index, as: isNoneTaken ? .refused(reason: leftOut?.reason ?? "") : .delivered)
        }
    }

    func outcome(_ rest: DeliveryOutcome.Rest) -> DeliveryOutcome {
        DeliveryOutcome(
            finished: next - events.startIndex, refused: refused, unnamedRefusals: unnamedRefusals, rest: rest)
    }
}
