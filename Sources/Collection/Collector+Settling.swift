internal import Delivery
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Step 8 and the way there: batches go to the sinks, and their claims are removed against the receipt.
extension Collector {
    /// Events on their way into one batch.
    struct BatchInProgress {
        private(set) var events: [TelemetryEvent] = []
        private(set) var claims: [InFlightClaim] = []
        private(set) var cost = 0

        mutating func add(_ events: ArraySlice<TelemetryEvent>, of claim: InFlightClaim) {
            self.events.append(contentsOf: events)
            claims.append(claim)
            cost += claim.cost
        }
    }

    func submit(_ batch: inout BatchInProgress, at now: UInt64) {
        do {
            try ledger.flush()
            if ledger.isLarge {
                try ledger.compact(
                    keeping: { admissions.admitted(of: $0) != nil }, now: BootInstant(nanoseconds: now))
            }
        } catch {
            reportSpoolTrouble(error, "Writing the ledger of admissions", at: now)
        }
        guard !batch.events.isEmpty else { return }
        lastBatch += 1
        inFlight[lastBatch] = batch.claims
        delivery.submit(DeliveryBatch(number: lastBatch, events: batch.events))
        batch = BatchInProgress()
    }

    /// Removes the claims whose events every sink has finished with.
    func settleReceipts(at now: UInt64) {
        for receipt in delivery.takeReceipts() {
            if receipt.batch == reportBatch { reportBatch = nil }
            for refused in receipt.refused { countRefused(refused.event, by: refused.sink, at: now) }
            for item in inFlight.removeValue(forKey: receipt.batch) ?? [] {
                bytesInFlight -= item.cost
                if item.isWhole {
                    let record = record(of: item, with: receipt)
                    settle(item.claim, of: item.publisher, record, because: .acknowledged(receipt), at: now)
                } else {
                    deliveredParts[item.claim.id] = item.deliveredPart
                    arrived.add(item.claim, of: item.publisher)
                }
            }
            countsChanged()
        }
    }

    /// The record of a claim, with what the sinks refused of it; nil when nothing is wrong.
    private func record(of item: InFlightClaim, with receipt: DeliveryReceipt) -> RejectionRecord? {
        guard !receipt.refused.isEmpty else { return item.record }
        let refusals = receipt.refused.filter { $0.event.event.file.claim == item.claim.id }
            .map { RejectionRecord.Refusal(sink: $0.sink, index: $0.event.event.index, reason: $0.event.reason) }
        guard !refusals.isEmpty else { return item.record }
        var record = item.record ?? record(of: item.claim, of: item.publisher, size: item.size)
        record.refusalCount = refusals.count
        record.refusals = Array(refusals.prefix(validator.limits.keptRejections))
        return record
    }

    /// Lets a claim go of which nothing is owed to anybody; what is wrong with it is kept.
    func settle(
        _ claim: Claim, of publisher: Publisher, _ record: RejectionRecord?, because settlement: Settlement,
        at now: UInt64
    ) {
        if let record {
            setAside(claim, of: publisher, record, because: settlement, at: now)
        } else {
            remove(claim, of: publisher, because: settlement, at: now)
        }
    }

    /// Moves a claim to the rejected files; where that is not possible, it goes without being kept.
    func setAside(
        _ claim: Claim, of publisher: Publisher, _ record: RejectionRecord, because settlement: Settlement,
        at now: UInt64
    ) {
        do {
            guard let rejectedStore else { return remove(claim, of: publisher, because: settlement, at: now) }
            try rejectedStore.keep(
                claim, of: publisher, record, because: settlement, at: Clocks.nanosecondsSince1970())
            forget(claim)
        } catch {
            reportSpoolTrouble(
                error, "Keeping \(claim.entry) of \(publisher), which goes now, with the rejected files", at: now)
            remove(claim, of: publisher, because: settlement, at: now)
        }
        removeLeavingRejected(at: now)
    }

    func countRefused(_ refused: RefusedEvent, by sink: String, at now: UInt64) {
        let file = refused.event.file
        switch file.source {
        case .handler(let name):
            tally.handlers[name.description, default: Tally.Counts()].refused[sink, default: 0] += 1
            news.refused(because: refused.reason)
        case .agent:
            tally.agent.refused[sink, default: 0] += 1
            news.refused(because: refused.reason)
        case .telltale:
            // A report about a report that was refused would be refused as well.
            break
        }
        notices.tell(
            Notice(
                .eventRefused, about: sink,
                "The sink \(sink) refused event \(refused.event.index) of \(file.claim) for good: \(refused.reason)"),
            every: settings.limit.period, now: now)
    }

    func remove(_ claim: Claim, of publisher: Publisher, because settlement: Settlement, at now: UInt64) {
        do {
            try spool.remove(claim, of: publisher, because: settlement)
        } catch Errno.noSuchFileOrDirectory {
            spool.forgetDirectory(of: publisher)
        } catch {
            reportSpoolTrouble(
                error, "Removing \(claim.entry) of \(publisher), which a restart delivers again,", at: now)
        }
        forget(claim)
    }

    /// Forgets a claim that is gone from the spool.
    func forget(_ claim: Claim) {
        counted.remove(claim.id)
        attempts[claim.id] = nil
        deliveredParts[claim.id] = nil
        admissions.forget(claim.id)
    }

    func openRejectedStore() {
        let now = Clocks.nanosecondsSinceBoot()
        do {
            rejectedStore = try RejectedStore(in: spool, limits: settings.rejected)
            expireRejected(at: now)
        } catch {
            reportSpoolTrouble(error, "Reading the rejected files, which are not kept now,", at: now)
        }
    }

    func expireRejected(at now: UInt64) {
        rejectedStore?.expire(at: Clocks.nanosecondsSince1970())
        removeLeavingRejected(at: now)
    }

    private func removeLeavingRejected(at now: UInt64) {
        do {
            try rejectedStore?.removeLeaving()
        } catch {
            reportSpoolTrouble(error, "Removing old rejected files", at: now)
        }
    }

    func reportSpoolTrouble(_ error: Errno, _ what: String, at now: UInt64) {
        notices.tell(
            Notice(.spoolTrouble, about: spool.path.string, "\(what) failed: \(error)."),
            every: settings.limit.period, now: now)
    }
}
