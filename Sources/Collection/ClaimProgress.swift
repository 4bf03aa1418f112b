internal import Delivery
internal import Reporting
internal import TelemetryEvents

/// How far the sinks came with a claim that not all of them have finished, or of which a part is held.
struct ClaimProgress: Sendable {
    /// The events that each sink has finished, by the sink's place.
    private(set) var finished: [Int: IndexRanges] = [:]
    /// How often a sink refused one of its events for good.
    private(set) var refusalCount = 0
    /// The first of these.
    private(set) var refusals: [RejectionRecord.Refusal] = []

    mutating func finish(_ indices: some Sequence<Int>, by place: Int) {
        finished[place, default: IndexRanges()].add(indices)
    }

    func hasFinished(_ index: Int, by place: Int) -> Bool {
        finished[place]?.contains(index) ?? false
    }

    /// Takes up what an earlier process wrote down.
    mutating func restore(_ ranges: IndexRanges, by place: Int) {
        finished[place] = ranges
    }

    mutating func refuse(_ refused: [(sink: String, event: RefusedEvent)], keeping limit: Int) {
        refusalCount += refused.count
        refusals += refused.prefix(max(limit - refusals.count, 0)).map {
            RejectionRecord.Refusal(sink: $0.sink, index: $0.event.event.index, reason: $0.event.reason)
        }
    }
}
