internal import Delivery
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// The way from admitted events to the sinks: each gets what it has room for, and the rest is owed to it in the spool.
extension Collector {
    /// A claim with its events that are admitted by now.
    struct Admitted {
        let events: ArraySlice<TelemetryEvent>
        let claim: Claim
        let publisher: Publisher
        /// Whether no event of it is held back.
        let isWhole: Bool
        /// What is wrong with other events of it.
        let record: RejectionRecord?
    }

    /// Events on their way into one batch.
    struct BatchInProgress {
        fileprivate var batch = DeliveryBatch()
        fileprivate var claims: [InFlightClaim] = []
        private(set) var cost = 0

        fileprivate mutating func add(_ part: DeliveryBatch.Part) {
            batch.add(part)
            cost += part.cost
        }
    }

    /// Adds a claim's events to a batch for every sink that has room; a claim for which none has is owed to all of them.
    func hand(_ admitted: Admitted, to batch: inout BatchInProgress, at now: UInt64) {
        let claim = admitted.claim
        let owed = sinksOwed(claim)
        let parts = parts(of: admitted, for: owed)
        let waiting = parts.reduce(into: SinkSet()) { $0.formUnion($1.sinks) }
        guard !waiting.isEmpty else { return finish(admitted, at: now) }
        let receivers = waiting.intersection(delivery.sinksWithRoom)
        guard !receivers.isEmpty, let last = admitted.events.last else {
            if admitted.isWhole {
                owe(claim, of: admitted.publisher, to: waiting, at: now)
            } else {
                self.owed[waiting, default: ClaimQueue()].add(claim, of: admitted.publisher)
            }
            return
        }
        for part in parts where !part.sinks.isDisjoint(with: receivers) {
            batch.add(.init(events: part.events, sinks: part.sinks.intersection(receivers), cost: part.cost))
        }
        batch.claims.append(
            InFlightClaim(
                publisher: admitted.publisher, claim: claim, owed: waiting, submitted: receivers,
                lastIndex: last.index, isWhole: admitted.isWhole, record: admitted.record))
    }

    /// The sinks that have to finish a claim.
    private func sinksOwed(_ claim: Claim) -> SinkSet {
        switch claim.shelf {
        case .arrived: delivery.sinks
        case .owed(let sinks): sinks
        }
    }

    /// The events that the sinks have not finished: in one part, unless they came with different ones.
    private func parts(of admitted: Admitted, for sinks: SinkSet) -> [DeliveryBatch.Part] {
        let cost = { [claim = admitted.claim] (events: ArraySlice<TelemetryEvent>) in
            (claim.size ?? 0) + CollectorBounds.bytesPerFile + events.count * CollectorBounds.bytesPerEvent
        }
        guard let progress = progress[admitted.claim.id] else {
            guard !admitted.events.isEmpty else { return [] }
            return [.init(events: admitted.events, sinks: sinks, cost: cost(admitted.events))]
        }
        return sinks.places.compactMap { place in
            let events = admitted.events.filter { !progress.hasFinished($0.index, by: place) }[...]
            return events.isEmpty ? nil : .init(events: events, sinks: SinkSet(place: place), cost: cost(events))
        }
    }

    /// Ends with a claim of which no sink waits for anything that is admitted.
    private func finish(_ admitted: Admitted, at now: UInt64) {
        guard admitted.isWhole else { return arrived.add(admitted.claim, of: admitted.publisher) }
        settle(
            admitted.claim, of: admitted.publisher, record(admitted.record, of: admitted.claim, admitted.publisher),
            because: admitted.events.isEmpty ? .nothingAccepted : .acknowledgedEarlier, at: now)
    }

    /// Hands a batch to the sinks, after what was decided about its claims is written down.
    func submit(_ batch: inout BatchInProgress, at now: UInt64) {
        writeAdmissions(at: now)
        guard !batch.claims.isEmpty else { return }
        for item in batch.claims { inFlight[item.claim.id] = item }
        delivery.submit(batch.batch)
        batch = BatchInProgress()
    }

    /// Writes down what was decided, before an event leaves or a claim's shelf says that it is admitted.
    private func writeAdmissions(at now: UInt64) {
        do {
            try ledger.flush()
            if ledger.isLarge {
                try ledger.compact(
                    keeping: { admissions.admitted(of: $0) != nil }, now: BootInstant(nanoseconds: now))
            }
        } catch {
            reportSpoolTrouble(error, "Writing the ledger of admissions", at: now)
        }
    }

    /// Puts a claim on the shelf of those that are owed to `sinks` alone.
    ///
    /// Where the disk does not let it go there, it waits for them where it is: then it is remembered that `others` have finished
    /// its events up to the position `last`.
    func owe(
        _ claim: Claim, of publisher: Publisher, to sinks: SinkSet, finishedBy others: SinkSet = [], upTo last: Int = 0,
        at now: UInt64
    ) {
        writeAdmissions(at: now)
        do throws(Errno) {
            let moved =
                claim.shelf == .owed(sinks) ? claim : try spool.move(claim, of: publisher, to: .owed(sinks))
            // From now on its shelf says that all of it is admitted.
            admissions.forgetIfWhole(claim.id)
            owed[sinks, default: ClaimQueue()].add(moved, of: publisher)
        } catch {
            if error == .noSuchFileOrDirectory { return takenAway(claim, of: publisher, at: now) }
            reportSpoolTrouble(error, "Moving \(claim.entry) of \(publisher), which waits where it is,", at: now)
            counted.insert(claim.id)
            for place in others.places {
                progress[claim.id, default: ClaimProgress()].finish([Int](0...last), by: place)
            }
            owed[sinks, default: ClaimQueue()].add(claim, of: publisher)
        }
    }
}
