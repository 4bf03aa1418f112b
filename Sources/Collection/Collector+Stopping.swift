internal import Delivery
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// The end of the work: what sinks have finished is written down, so that the next start sends nothing twice.
extension Collector {
    /// Stops the sinks and leaves in the spool what they have not finished; answers how many claims that are.
    func leaveUnfinished() -> Int {
        delivery.stop()
        // One that blocks is not waited for: what it holds counts as not finished.
        _ = delivery.hasEnded(within: .nanoseconds(CollectorBounds.lastCall))
        let now = Clocks.nanosecondsSinceBoot()
        // Asked before the receipts are taken: a call that ends in between leaves its claim to them.
        var unfinished: [Int: [ClaimID: IndexRanges]] = [:]
        for place in delivery.sinks.places {
            unfinished[place] = Dictionary(
                uniqueKeysWithValues: delivery.unfinished(by: place).map { ($0.claim, IndexRanges($0.indices)) })
        }
        settleReceipts(at: now)
        for item in inFlight.values { leave(item, unfinished.compactMapValues { $0[item.claim.id] }, at: now) }
        unsettledDue = 0
        settleUnsettled(at: now)
        writeProgress(at: now)
        return inFlight.count
    }

    /// Writes down how far the sinks came with a claim: on which shelf it lies, and in its progress.
    private func leave(_ item: InFlightClaim, _ unfinished: [Int: IndexRanges], at now: UInt64) {
        var missing = item.owed.subtracting(item.submitted)
        var finished: SinkSet = []
        for place in item.submitted.places {
            let rest = unfinished[place] ?? IndexRanges()
            if !rest.isEmpty { missing.insert(SinkSet(place: place)) }
            // Of one that has finished all of it, the shelf says so.
            guard !item.isWhole || !rest.isEmpty else {
                finished.insert(SinkSet(place: place))
                continue
            }
            progress[item.claim.id, default: ClaimProgress()].finish(
                (0...item.lastIndex).filter { !rest.contains($0) }, by: place)
        }
        // One that nobody has begun with stays where it is, and so does one of which a part is held.
        guard item.isWhole, missing != item.owed, !missing.isEmpty else { return }
        owe(
            item.claim, of: item.publisher, to: missing, finishedBy: finished, upTo: item.lastIndex, at: now)
    }

    private func writeProgress(at now: UInt64) {
        var entries: [DeliveryProgress.Entry] = []
        for (claim, progress) in progress {
            for (place, finished) in progress.finished where !finished.isEmpty {
                guard let sink = spool.names(of: SinkSet(place: place)).first else { continue }
                entries.append(.init(claim: claim, sink: sink, finished: finished))
            }
        }
        do {
            try DeliveryProgress.write(entries, in: spool.root)
        } catch {
            reportSpoolTrouble(
                error, "Writing \(DeliveryProgress.file), without which sinks get some events again,", at: now)
        }
    }
}
