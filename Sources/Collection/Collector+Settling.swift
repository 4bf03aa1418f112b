internal import Delivery
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Step 8: claims are removed against the receipts of all sinks, or owed to those that are missing.
extension Collector {
    /// Takes up what the sinks have finished with.
    func settleReceipts(at now: UInt64) {
        for refusals in delivery.takeUnnamedRefusals() { tellUnnamed(refusals.refusals, by: refusals.sink, at: now) }
        for receipt in delivery.takeReceipts() {
            for refused in receipt.refused { countRefused(refused.event, by: refused.sink) }
            guard let item = inFlight.removeValue(forKey: receipt.claim) else {
                reportsInFlight.remove(receipt.claim)
                continue
            }
            settle(item, against: receipt, at: now)
            countsChanged()
        }
    }

    private func settle(_ item: InFlightClaim, against receipt: DeliveryReceipt, at now: UInt64) {
        let id = item.claim.id
        if !receipt.refused.isEmpty {
            progress[id, default: ClaimProgress()].refuse(receipt.refused, keeping: validator.limits.keptRejections)
        }
        let missing = item.owed.subtracting(item.submitted)
        guard item.isWhole else {
            for place in item.submitted.places {
                progress[id, default: ClaimProgress()].finish([Int](0...item.lastIndex), by: place)
            }
            if missing.isEmpty {
                arrived.add(item.claim, of: item.publisher)
            } else {
                owed[missing, default: ClaimQueue()].add(item.claim, of: item.publisher)
            }
            return
        }
        guard missing.isEmpty else {
            return owe(
                item.claim, of: item.publisher, to: missing, finishedBy: item.submitted, upTo: item.lastIndex, at: now)
        }
        countDeliveryDelay(of: item.claim)
        settle(
            item.claim, of: item.publisher, record(item.record, of: item.claim, item.publisher),
            because: .acknowledged(receipt), at: now)
    }

    /// The record of a claim, with what the sinks refused of it; nil when nothing is wrong.
    func record(_ record: RejectionRecord?, of claim: Claim, _ publisher: Publisher) -> RejectionRecord? {
        guard let progress = progress[claim.id], progress.refusalCount > 0 else { return record }
        var record = record ?? self.record(of: claim, of: publisher)
        record.refusalCount = progress.refusalCount
        record.refusals = progress.refusals
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

    private func countRefused(_ refused: RefusedEvent, by sink: String) {
        let file = refused.event.file
        let publisher: Publisher
        switch file.source {
        case .handler(let name):
            tally.count(name.description) { $0.refused[sink, default: 0] += 1 }
            publisher = .handler(FileName(name.bytes))
        case .agent:
            tally.agent.refused[sink, default: 0] += 1
            publisher = .agent
        case .telltale:
            // A report about a report that was refused would be refused as well.
            return
        }
        let refusal = DropDigest.Refusal(
            event: "\(file.claim)-\(refused.event.index)", file: file.name?.description, reason: refused.reason)
        news.refused(refusal, from: publisher, by: sink)
    }

    /// Tells of events that a sink refused without saying which.
    private func tellUnnamed(_ refusals: UnnamedRefusals, by sink: String, at now: UInt64) {
        news.refused(refusals.count, because: refusals.reason)
        notices.tell(
            Notice(
                .eventRefused, about: sink,
                "The sink \(sink) left out \(refusals.count) events and does not say which: \(refusals.reason)",
                count: refusals.count, fields: [.sink(sink), .answer(refusals.reason)]),
            every: settings.limit.period, now: now)
    }

    func remove(_ claim: Claim, of publisher: Publisher, because settlement: Settlement, at now: UInt64) {
        do throws(Errno) {
            try spool.remove(claim, of: publisher, because: settlement)
        } catch {
            if error == .noSuchFileOrDirectory {
                spool.forgetDirectory(of: publisher, on: claim.shelf)
            } else {
                reportSpoolTrouble(error, "Removing \(claim.entry) of \(publisher), which is tried again,", at: now)
                return leaveUnsettled(.init(claim: claim, publisher: publisher, settlement: settlement), at: now)
            }
        }
        forget(claim)
    }

    /// A claim that somebody took out of the spool.
    func takenAway(_ claim: Claim, of publisher: Publisher, at now: UInt64) {
        spool.forgetDirectory(of: publisher, on: claim.shelf)
        spool.countGone(claim, of: publisher)
        reportSpoolTrouble(
            .noSuchFileOrDirectory, "\(claim.entry) of \(publisher) was taken out of the spool: reading it",
            of: publisher, at: now)
        forget(claim)
    }

    /// Keeps in mind what the disk refused, to try it again.
    ///
    /// The bound on these holds up the processing, so that no restart finds more than that many again.
    func leaveUnsettled(_ item: UnsettledClaim, at now: UInt64) {
        if unsettled.isEmpty { unsettledDue = now + CollectorBounds.troubleInterval }
        unsettled.append(item)
    }

    /// Tries again what the disk refused.
    func settleUnsettled(at now: UInt64) {
        guard !unsettled.isEmpty, now >= unsettledDue else { return }
        let items = unsettled
        unsettled = []
        for (position, item) in items.enumerated() {
            remove(item.claim, of: item.publisher, because: item.settlement, at: now)
            // While one is refused, so may the others be; another one is the first of the next round.
            if !unsettled.isEmpty {
                unsettled = items[(position + 1)...] + unsettled
                unsettledRounds += 1
                return
            }
        }
        unsettledRounds = 0
    }

    /// Forgets a claim that is gone from the spool.
    func forget(_ claim: Claim) {
        counted.remove(claim.id)
        attempts[claim.id] = nil
        progress[claim.id] = nil
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

    /// `publisher`: whose files it is about, where it is about one's.
    func reportSpoolTrouble(_ error: Errno, _ what: String, of publisher: Publisher? = nil, at now: UInt64) {
        notices.tell(
            Notice(
                .spoolTrouble, about: publisher?.description ?? spool.path.string, "\(what) failed: \(error).",
                fields: (publisher?.noticeFields ?? []) + [.errorNumber(error)]),
            every: settings.limit.period, now: now)
    }
}
