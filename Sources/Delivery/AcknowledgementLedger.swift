internal import TelemetryEvents

/// How many events of which claims the sinks still have to finish, and the receipts of those that they have finished.
struct AcknowledgementLedger {
    private struct Open {
        /// Each event counts once for each sink.
        var outstanding = 0
        var refused: [(sink: String, event: RefusedEvent)] = []
    }

    private var open: [ClaimID: Open] = [:]
    private var receipts: [DeliveryReceipt] = []
    private var unnamedRefusals: [(sink: String, refusals: UnnamedRefusals)] = []

    /// All parts of a batch are handed over; whatever is handed over of a claim comes in one batch.
    mutating func submitted(_ batch: DeliveryBatch) {
        for part in batch.parts {
            open[part.claim, default: Open()].outstanding += part.events.count * part.sinks.count
        }
    }

    /// A sink has finished events of a claim; true when they were the last, so that a receipt waits.
    mutating func finished(_ events: LaneQueue.FinishedEvents, by sink: String) -> Bool {
        // In place: most claims have one event for one sink, and are looked up for each.
        guard let index = open.index(forKey: events.claim), open.values[index].outstanding >= events.count else {
            preconditionFailure("A sink finishes each event that it was handed once.")
        }
        open.values[index].outstanding -= events.count
        open.values[index].refused += events.refused.map { (sink: sink, event: $0) }
        guard open.values[index].outstanding == 0 else { return false }
        receipts.append(DeliveryReceipt(claim: events.claim, refused: open.values[index].refused))
        open.remove(at: index)
        return true
    }

    /// A sink will never take some of the events that it finished, and does not say which.
    mutating func leftOut(_ refusals: [UnnamedRefusals], by sink: String) {
        unnamedRefusals += refusals.map { (sink, $0) }
    }

    mutating func takeReceipts() -> [DeliveryReceipt] {
        defer { receipts = [] }
        return receipts
    }

    mutating func takeUnnamedRefusals() -> [(sink: String, refusals: UnnamedRefusals)] {
        defer { unnamedRefusals = [] }
        return unnamedRefusals
    }
}
