internal import Delivery
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Steps 4 to 6 and 8: claims are read, validated, admitted and handed to the sinks, and removed against the receipt.
extension Collector {
    /// Takes up the ledger and the claims that an earlier process left.
    func restore(_ contents: AdmissionLedger.Contents) throws(Errno) {
        let now = Clocks.nanosecondsSinceBoot()
        for charge in contents.charges {
            admissions.restore(charge)
            spool.skip(past: charge.claim)
        }
        var waiting: Set<ClaimID> = []
        for publisher in try spool.publishers() {
            try readSpool(of: publisher, at: now) { claim in
                if admissions.admitted(of: claim.id) != nil { waiting.insert(claim.id) }
                newestRestored = max(newestRestored ?? claim.id, claim.id)
                arrived.add(claim, of: publisher)
            }
        }
        admissions.forgetAll(but: waiting)
        if contents.unreadableLines > 0 {
            notices.tell(
                Notice(
                    .spoolTrouble, about: "admissions",
                    "\(contents.unreadableLines) lines of the ledger of admissions could not be read and are left out: "
                        + "the cap may admit a few events more in this period."),
                now: now)
        }
    }

    private func readSpool(
        of publisher: Publisher, at now: UInt64, _ body: (Claim) -> Void
    ) throws(Errno) {
        do {
            try spool.forEachClaim(of: publisher, body) { stranger in
                notices.tell(
                    Notice(
                        .spoolTrouble, about: publisher.description,
                        "\(stranger) in the spool of \(publisher) is no claim and is left alone."),
                    every: settings.limit.period, now: now)
            }
        } catch Errno.notDirectory {
            notices.tell(
                Notice(
                    .spoolTrouble, about: publisher.description,
                    "\(publisher) in \(spool.path)/extensions is no directory and is left alone."),
                now: now)
        }
    }

    private var hasRoom: Bool { bytesInFlight < CollectorBounds.bytesInFlight || inFlight.isEmpty }

    /// Whether a claim can be processed now.
    var canProcess: Bool {
        if hasRoom, admitted.hasClaim() || admitted.hasExhausted(where: isReadable) { return true }
        return arrived.hasClaim(where: mayBeProcessed)
            || arrived.hasExhausted { mayBeProcessed($0) && isReadable($0) }
    }

    private func mayBeProcessed(_ publisher: Publisher) -> Bool {
        isOpen(publisher) && (hasRoom || publisher.isLimited)
    }

    private func isReadable(_ publisher: Publisher) -> Bool { unreadableSpools[publisher] == nil }

    /// Whether the publisher's claims may be processed: its window is not full, and all that was found of it is claimed, so that
    /// the newest goes first.
    private func isOpen(_ publisher: Publisher) -> Bool {
        held[publisher] == nil && dueNames[publisher] == nil && !watcher.isScanning(publisher)
    }

    /// Processes claims until the turn's share is done or the sinks have enough.
    func process(at now: UInt64) {
        for (publisher, until) in held where until <= now { held[publisher] = nil }
        for (publisher, until) in unreadableSpools where until <= now { unreadableSpools[publisher] = nil }
        takeUpDeferred(at: now)
        refill(at: now)
        var batch = BatchInProgress()
        var bytes = 0
        for _ in 0..<CollectorBounds.claimsPerTurn {
            guard bytes < CollectorBounds.bytesPerTurn, let (publisher, claim) = nextClaim() else { break }
            bytes += process(claim, of: publisher, into: &batch, at: now)
            if batch.cost >= CollectorBounds.bytesPerBatch { submit(&batch, at: now) }
        }
        submit(&batch, at: now)
    }

    private func nextClaim() -> (publisher: Publisher, claim: Claim)? {
        if hasRoom, let next = admitted.next() { return next }
        return arrived.next(where: mayBeProcessed)
    }

    private func takeUpDeferred(at now: UInt64) {
        guard deferred.contains(where: { $0.due <= now }) else { return }
        for item in deferred where item.due <= now { arrived.add(item.claim, of: item.publisher) }
        deferred.removeAll { $0.due <= now }
    }

    /// Reads a claim again later; beyond the bound the spool keeps it.
    private func deferClaim(_ claim: Claim, of publisher: Publisher, until due: UInt64) {
        if deferred.count < CollectorBounds.deferredClaims {
            deferred.append((due, publisher, claim))
        } else {
            arrived.leaveToSpool(publisher)
            unreadableSpools[publisher] = due
        }
    }

    /// Reads the spool again for publishers whose claims in memory are used up while there are more on disk; one at a
    /// time, and before a batch is begun, so that every claim in hand is known.
    private func refill(at now: UInt64) {
        if hasRoom, let publisher = admitted.takeExhausted(where: isReadable) {
            refill(from: publisher, at: now)
        } else if let publisher = arrived.takeExhausted(where: { mayBeProcessed($0) && isReadable($0) }) {
            refill(from: publisher, at: now)
        }
    }

    private func refill(from publisher: Publisher, at now: UInt64) {
        var known = Set(inFlight.values.joined().map(\.claim.id))
        known.formUnion(deferred.map(\.claim.id))
        for claim in arrived.claims(of: publisher) + admitted.claims(of: publisher) { known.insert(claim.id) }
        do {
            try readSpool(of: publisher, at: now) { claim in
                guard !known.contains(claim.id) else { return }
                if admissions.admitted(of: claim.id) ?? 0 > deliveredParts[claim.id] ?? 0 {
                    admitted.add(claim, of: publisher)
                } else {
                    arrived.add(claim, of: publisher)
                }
            }
        } catch {
            reportSpoolTrouble(error, "Reading the spool of \(publisher)", at: now)
            arrived.leaveToSpool(publisher)
            unreadableSpools[publisher] = now + CollectorBounds.troubleInterval
        }
    }

    /// Processes one claim, and answers how many bytes were read.
    private func process(
        _ claim: Claim, of publisher: Publisher, into batch: inout BatchInProgress, at now: UInt64
    ) -> Int {
        let reading: Reading
        do {
            reading = try read(claim, of: publisher)
        } catch {
            deferOrGiveUp(claim, of: publisher, error, at: now)
            return 0
        }
        switch reading.outcome {
        case nil:
            awaitRest(of: claim, of: publisher, reading.status, at: now)
        case .failure where reading.status.kind == .directory:
            returnDirectory(claim, of: publisher, at: now)
        case .failure(let rejection):
            if mayBecomeComplete(claim, reading, rejection) {
                awaitRest(of: claim, of: publisher, reading.status, at: now)
            } else {
                reject(claim, of: publisher, rejection, at: now)
            }
        case .success(let file):
            admit(file, of: claim, of: publisher, size: reading.status.size, into: &batch, at: now)
        }
        return reading.status.size
    }

    /// What reading a claim gave.
    private struct Reading {
        let status: FileStatus
        var isBeingWritten = false
        /// Nil for a file that is not read yet because somebody has it open for writing.
        let outcome: Result<ValidatedFile, FileRejection>?
    }

    private func read(_ claim: Claim, of publisher: Publisher) throws(Errno) -> Reading {
        let descriptor: OwnedDescriptor
        do {
            descriptor = try spool.open(claim, of: publisher)
        } catch {
            // A link or a socket that took the file's place at the instant of its claim cannot be opened.
            guard let status = try spool.status(of: claim, of: publisher), status.kind != .regular else { throw error }
            return Reading(status: status, outcome: .failure(.notARegularFile(kind: status.kind.rawValue)))
        }
        let status = try descriptor.status()
        guard status.kind == .regular, status.linkCount == 1 else {
            let kind = status.kind == .regular ? "regular file with \(status.linkCount) links" : status.kind.rawValue
            return Reading(status: status, outcome: .failure(.notARegularFile(kind: kind)))
        }
        let limit = validator.limits.fileSize
        guard status.size <= limit else {
            return Reading(status: status, outcome: .failure(.oversize(size: status.size, limit: limit)))
        }
        // What was decided once stays so: a part of it may be delivered.
        var isBeingWritten = false
        if admissions.admitted(of: claim.id) == nil { isBeingWritten = descriptor.writers() == .some }
        if isBeingWritten, mayWait(for: claim) { return Reading(status: status, isBeingWritten: true, outcome: nil) }
        let file = EventFile(
            claim: claim.id, source: publisher.source, name: UTF8Text(repairing: claim.name.bytes),
            modified: status.modified, common: common)
        let outcome = try fileBuffer.withContents(of: descriptor, expecting: status.size, limit: limit) { bytes in
            Result { () throws(FileRejection) in try validator.validate(bytes, of: file) }
        }
        return Reading(status: status, isBeingWritten: isBeingWritten, outcome: outcome)
    }

    // MARK: Incomplete files

    /// Whether a file that is not complete is looked at again rather than taken as it is.
    private func mayWait(for claim: Claim) -> Bool {
        attempts[claim.id, default: 0] < CollectorBounds.incompleteAttempts
    }

    /// Whether the rest of a file that ends too early may still come: somebody is writing it, or did so lately.
    private func mayBecomeComplete(_ claim: Claim, _ reading: Reading, _ rejection: FileRejection) -> Bool {
        guard case .malformed(_, _, isIncomplete: true) = rejection else { return false }
        if reading.isBeingWritten { return true }
        let now = Int64(clamping: Clocks.nanosecondsSince1970())
        let (age, overflow) = now.subtractingReportingOverflow(reading.status.modified)
        return mayWait(for: claim) && !overflow && age.magnitude < UInt64(CollectorBounds.recently)
    }

    /// Gives an incomplete file back to its publisher, who may go on writing by its name, and looks again later; where
    /// that is not possible, the claim is read again.
    private func awaitRest(of claim: Claim, of publisher: Publisher, _ status: FileStatus, at now: UInt64) {
        let count = (attempts.removeValue(forKey: claim.id) ?? 0) + 1
        let growth = UInt64(max(count - CollectorBounds.incompleteAttempts, 0))
        let time = min(CollectorBounds.incompleteInterval << min(growth, 6), CollectorBounds.longestWait)
        let key = AwaitedFiles.Key(publisher: publisher, name: claim.name)
        // One that is given back and not awaited would be claimed at once, and given back, and so on.
        if awaited.hasRoom(for: key), giveBack(claim, of: publisher) {
            awaited.add(key, .init(due: now + time, attempts: count, seen: status))
        } else {
            attempts[claim.id] = count
            deferClaim(claim, of: publisher, until: now + time)
        }
    }

    /// Gives a claim back to its publisher's directory, where it is claimed under another id; so only one of which no
    /// event can have left.
    private func giveBack(_ claim: Claim, of publisher: Publisher) -> Bool {
        guard admissions.admitted(of: claim.id) == nil, newestRestored.map({ $0 < claim.id }) ?? true,
            let directory = try? watcher.directory(of: publisher)
        else { return false }
        return spool.giveBack(claim, of: publisher, to: directory)
    }

    /// Gives back a directory that took a file's place at the instant of its claim: it stays where it was and is reported
    /// there, like any other of such a name.
    private func returnDirectory(_ claim: Claim, of publisher: Publisher, at now: UInt64) {
        if giveBack(claim, of: publisher) { return forget(claim) }
        notices.tell(
            Notice(
                .spoolTrouble, about: publisher.description,
                "\(claim.entry) in the spool of \(publisher) is a directory and is left alone."),
            every: settings.limit.period, now: now)
        forget(claim)
    }

    /// Tries again what the kernel refused; a claim that it will not let us read stays in the spool until the next start.
    private func deferOrGiveUp(_ claim: Claim, of publisher: Publisher, _ error: Errno, at now: UInt64) {
        switch error {
        case .noSuchFileOrDirectory:
            spool.forgetDirectory(of: publisher)
            forget(claim)
            reportSpoolTrouble(error, "\(claim.entry) of \(publisher) was taken out of the spool: reading it", at: now)
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory:
            reportSpoolTrouble(error, "Reading \(claim.entry) of \(publisher)", at: now)
            deferClaim(claim, of: publisher, until: now + CollectorBounds.troubleInterval)
        case _ where mayWait(for: claim):
            attempts[claim.id, default: 0] += 1
            reportSpoolTrouble(error, "Reading \(claim.entry) of \(publisher)", at: now)
            deferClaim(claim, of: publisher, until: now + CollectorBounds.troubleInterval)
        default:
            let reason = FileRejection.unreadable(reason: String(describing: error)).description
            count(for: publisher) { $0.files += 1 }
            countRejectedFile(claim.name, of: publisher, because: reason)
            reportSpoolTrouble(
                error, "\(claim.entry) of \(publisher) stays in the spool until the next start: reading it", at: now)
            forget(claim)
        }
    }

    // MARK: Rejecting and admitting

    private func reject(
        _ claim: Claim, of publisher: Publisher, _ rejection: FileRejection, at now: UInt64
    ) {
        count(for: publisher) { $0.files += 1 }
        countRejectedFile(claim.name, of: publisher, because: rejection.description)
        let kind: Notice.Kind
        let message: String
        if case .oversize(let size, let limit) = rejection {
            kind = .fileSkipped
            message =
                "Skipping file: \(path(of: claim, publisher)) as its size is \(size) bytes "
                + "> Max size allowed \(limit) bytes"
        } else {
            kind = .fileRejected
            message = "Failed to process event file \(claim.name): \(rejection) (of \(publisher))"
        }
        notices.tell(
            Notice(
                kind, about: publisher.description, message,
                fields: publisher.noticeFields + [
                    ("TELLTALE_FILE", claim.name.description), ("TELLTALE_REASON", rejection.description),
                ]),
            every: settings.limit.period, now: now)
        remove(claim, of: publisher, because: .nothingAccepted, at: now)
    }

    private func path(of claim: Claim, _ publisher: Publisher) -> String {
        switch publisher {
        case .agent: "\(settings.agentEvents ?? "")/\(claim.name)"
        case .handler(let name): "\(settings.extensionLog ?? "")/\(name)/events/\(claim.name)"
        }
    }

    private func admit(
        _ file: ValidatedFile, of claim: Claim, of publisher: Publisher, size: Int,
        into batch: inout BatchInProgress, at now: UInt64
    ) {
        attempts[claim.id] = nil
        let earlier = admissions.admitted(of: claim.id)
        let accepted = file.events.count
        var allowed = accepted
        if publisher.isLimited {
            let charge = admissions.admit(
                accepted, of: claim.id, from: publisher, at: BootInstant(nanoseconds: now),
                rest: settings.overCap == .drop ? .dropped : .held)
            allowed = charge.admitted
            if charge.charged > 0 || (earlier == nil && allowed < accepted) { ledger.append(charge) }
        }
        let isWhole = allowed == accepted || settings.overCap == .drop
        countOutcome(file, of: claim, of: publisher, allowed: allowed, isFirst: !counted.contains(claim.id))
        if !isWhole {
            held[publisher] =
                admissions.nextRoom(for: publisher, at: BootInstant(nanoseconds: now))?.nanoseconds ?? now
        }
        let delivered = deliveredParts[claim.id, default: 0]
        guard allowed > delivered else {
            if isWhole {
                remove(claim, of: publisher, because: .nothingAccepted, at: now)
            } else {
                counted.insert(claim.id)
                arrived.add(claim, of: publisher)
            }
            return
        }
        guard hasRoom else {
            counted.insert(claim.id)
            admitted.add(claim, of: publisher)
            return
        }
        let cost =
            size + CollectorBounds.bytesPerFile + (allowed - delivered) * CollectorBounds.bytesPerEvent
        if !isWhole { counted.insert(claim.id) }
        bytesInFlight += cost
        batch.add(
            file.events[delivered..<allowed],
            of: InFlightClaim(
                publisher: publisher, claim: claim, cost: cost, deliveredPart: allowed, isWhole: isWhole))
    }

    private func countOutcome(
        _ file: ValidatedFile, of claim: Claim, of publisher: Publisher, allowed: Int, isFirst: Bool
    ) {
        guard isFirst else { return }
        let over = settings.overCap == .drop ? file.events.count - allowed : 0
        let accepted = file.events.count - over
        count(for: publisher) { counts in
            counts.files += 1
            counts.accepted += accepted
            counts.overCap += over
            for (code, number) in file.rejected { counts.rejected[code.description, default: 0] += number }
        }
        news.collected(accepted, from: publisher)
        news.overCap(over, from: publisher)
        for (code, number) in file.rejected { news.dropped(number, because: code.description, from: publisher) }
        countsChanged()
    }

    // MARK: Delivering and removing

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

    private func submit(_ batch: inout BatchInProgress, at now: UInt64) {
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

    private func countRefused(_ refused: RefusedEvent, by sink: String, at now: UInt64) {
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

    private func remove(_ claim: Claim, of publisher: Publisher, because settlement: Settlement, at now: UInt64) {
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
    private func forget(_ claim: Claim) {
        counted.remove(claim.id)
        attempts[claim.id] = nil
        deliveredParts[claim.id] = nil
        admissions.forget(claim.id)
    }

    private func reportSpoolTrouble(_ error: Errno, _ what: String, at now: UInt64) {
        notices.tell(
            Notice(.spoolTrouble, about: spool.path.string, "\(what) failed: \(error)."),
            every: settings.limit.period, now: now)
    }
}
