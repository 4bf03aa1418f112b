/// Which sinks still have to finish which batches, and the receipts of those that all have finished.
struct AcknowledgementLedger {
    private struct Open {
        var sinks: Int
        var refused: [(sink: String, event: RefusedEvent)] = []
    }

    private var open: [UInt64: Open] = [:]
    private var receipts: [DeliveryReceipt] = []

    /// A batch was handed to `sinks` sinks.
    mutating func submitted(_ batch: UInt64, sinks: Int) {
        let before = open.updateValue(Open(sinks: sinks), forKey: batch)
        precondition(before == nil, "A batch's number is used once.")
    }

    /// A sink has finished a batch; true when it was the last one, so that a receipt waits.
    mutating func finished(_ batch: UInt64, by sink: String, refused: [RefusedEvent]) -> Bool {
        guard var entry = open[batch] else {
            preconditionFailure("A sink finishes each batch that it was handed once.")
        }
        entry.sinks -= 1
        entry.refused += refused.map { (sink: sink, event: $0) }
        if entry.sinks > 0 {
            open[batch] = entry
            return false
        }
        open[batch] = nil
        receipts.append(DeliveryReceipt(batch: batch, refused: entry.refused))
        return true
    }

    mutating func takeReceipts() -> [DeliveryReceipt] {
        defer { receipts = [] }
        return receipts
    }
}
