internal import Configuration
internal import Delivery
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Steps 4 to 6: claims are read, validated and admitted.
extension Collector {
    var hasRoom: Bool { bytesInFlight < CollectorBounds.bytesInFlight || inFlight.isEmpty }

    /// Whether a claim can be processed now.
    var canProcess: Bool {
        if hasRoom, admitted.hasClaim() || admitted.hasExhausted(where: isReadable) { return true }
        return arrived.hasClaim(where: mayBeProcessed)
            || arrived.hasExhausted { mayBeProcessed($0) && isReadable($0) }
    }

    func mayBeProcessed(_ publisher: Publisher) -> Bool {
        isOpen(publisher) && (hasRoom || publisher.isLimited)
    }

    func isReadable(_ publisher: Publisher) -> Bool { unreadableSpools[publisher] == nil }

    /// Whether the publisher's claims may be processed: its window is not full, and all that was found of it is claimed, so that
    /// the newest goes first.
    func isOpen(_ publisher: Publisher) -> Bool {
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

    func nextClaim() -> (publisher: Publisher, claim: Claim)? {
        if hasRoom, let next = admitted.next() { return next }
        return arrived.next(where: mayBeProcessed)
    }

    /// Processes one claim, and answers how many bytes were read.
    func process(
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
                reject(claim, of: publisher, rejection, size: reading.status.size, at: now)
                return CollectorBounds.bytesPerRejectedFile
            }
        case .success(let file):
            admit(file, of: claim, of: publisher, size: reading.status.size, into: &batch, at: now)
            if !file.rejected.isEmpty { return reading.status.size + CollectorBounds.bytesPerRejectedFile }
        }
        return reading.status.size
    }

    /// What reading a claim gave.
    struct Reading {
        let status: FileStatus
        var isBeingWritten = false
        /// Nil for a file that is not read yet because somebody has it open for writing.
        let outcome: Result<ValidatedFile, FileRejection>?
    }

    func read(_ claim: Claim, of publisher: Publisher) throws(Errno) -> Reading {
        let descriptor: OwnedDescriptor
        do {
            descriptor = try spool.open(claim, of: publisher)
        } catch {
            // A link or a socket that took the file's place at the instant of its claim cannot be opened.
            guard let status = try spool.status(of: claim, of: publisher), status.kind != .regular else { throw error }
            return Reading(status: status, outcome: .failure(.notARegularFile(kind: status.kind.rawValue)))
        }
        let status = try descriptor.status()
        let limit = validator.limits.fileSize
        if let rejection = status.rejection(limit: limit) {
            return Reading(status: status, outcome: .failure(rejection))
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

    func reject(
        _ claim: Claim, of publisher: Publisher, _ rejection: FileRejection, size: Int, at now: UInt64
    ) {
        count(for: publisher) { $0.files += 1 }
        reportRejectedFile(claim.name, of: publisher, rejection)
        var record = record(of: claim, of: publisher, size: size)
        record.fileRejection = rejection
        setAside(claim, of: publisher, record, because: .nothingAccepted, at: now)
    }

    /// A record of a claim with which something is wrong.
    func record(of claim: Claim, of publisher: Publisher, size: Int) -> RejectionRecord {
        let handler: String? =
            switch publisher {
            case .handler(let name): name.description
            case .agent: nil
            }
        return RejectionRecord(claim: claim.id, handler: handler, file: claim.name.description, size: size)
    }

    func admit(
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
        var record: RejectionRecord?
        if !file.rejected.isEmpty {
            record = self.record(of: claim, of: publisher, size: size)
            record?.counts = file.rejected
            record?.rejections = file.rejections
        }
        guard allowed > delivered else {
            if isWhole {
                settle(claim, of: publisher, record, because: .nothingAccepted, at: now)
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
                publisher: publisher, claim: claim, size: size, cost: cost, deliveredPart: allowed, isWhole: isWhole,
                record: record))
    }

    func countOutcome(
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
        if over > 0 || !file.rejected.isEmpty {
            news.dropped(from: publisher) { digest in
                digest.leaveOut(over)
                for (code, number) in file.rejected { digest.rejectEvents(number, because: code.description) }
            }
        }
        countsChanged()
    }
}
