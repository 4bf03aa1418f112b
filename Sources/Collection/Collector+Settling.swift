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
            for refused in receipt.refused { countRefused(refused.event, by: refused.sink, at: now) }
            for item in inFlight.removeValue(forKey: receipt.batch) ?? [] {
                bytesInFlight -= item.cost
                if item.isWhole {
                    remove(item.claim, of: item.publisher, because: .acknowledged(receipt), at: now)
                } else {
                    deliveredParts[item.claim.id] = item.deliveredPart
                    arrived.add(item.claim, of: item.publisher)
                }
            }
            countsChanged()
        }
    }

    func countRefused(_ refused: RefusedEvent, by sink: String, at now: UInt64) {
        let file = refused.event.file
        switch file.source {
        case .handler(let name):
            tally.handlers[name.description, default: Tally.Counts()].refused[sink, default: 0] += 1
        case .agent, .telltale:
            tally.agent.refused[sink, default: 0] += 1
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

    func reportSpoolTrouble(_ error: Errno, _ what: String, at now: UInt64) {
        notices.tell(
            Notice(.spoolTrouble, about: spool.path.string, "\(what) failed: \(error)."),
            every: settings.limit.period, now: now)
    }
}
