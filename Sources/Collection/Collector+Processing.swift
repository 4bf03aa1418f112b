internal import Configuration
internal import Delivery
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Steps 4 to 6: claims are read, validated and admitted.
extension Collector {
    /// Whether a claim can be processed now.
    var canProcess: Bool {
        guard unsettled.count < CollectorBounds.unsettledClaims else { return false }
        let room = delivery.sinksWithRoom
        if owed.contains(where: { sinks, queue in
            !sinks.isDisjoint(with: room)
                && (queue.hasClaim(where: isReadable) || queue.hasExhausted(where: isReadable))
        }) {
            return true
        }
        let allows = mayBeProcessed(with: room)
        return arrived.hasClaim(where: allows) || arrived.hasExhausted { allows($0) && isReadable($0) }
    }

    /// Of whom claims that came may be processed.
    ///
    /// The windows go on while sinks are down: what they admit is delivered as fast as a sink takes it afterwards. While a sink
    /// is merely busy, claims wait for it without being read twice.
    func mayBeProcessed(with room: SinkSet) -> (Publisher) -> Bool {
        let areAllDown = room.isEmpty && isDeliveryStalled
        return { [self] in isOpen($0) && (!room.isEmpty || (areAllDown && $0.isLimited)) }
    }

    /// Whether no sink has moved for a while.
    private var isDeliveryStalled: Bool {
        let now = Clocks.nanosecondsSinceBoot()
        return delivery.isStalled(since: now - min(now, CollectorBounds.stallTime))
    }

    /// When sinks that are in one call all the time would count as stalled, in nanoseconds since boot; nil while nothing waits
    /// for that.
    var nextStall: UInt64? {
        guard delivery.sinksWithRoom.isEmpty, arrived.hasClaim(where: { isOpen($0) && $0.isLimited }),
            !isDeliveryStalled
        else { return nil }
        return Clocks.nanosecondsSinceBoot() + CollectorBounds.stallTime
    }

    func isReadable(_ publisher: Publisher) -> Bool { unreadableSpools[publisher] == nil }

    /// Whether the publisher's claims may be processed: its window is not full, and all that was found of it is claimed, so that
    /// the newest goes first.
    func isOpen(_ publisher: Publisher) -> Bool {
        held[publisher] == nil && dueNames[publisher] == nil && !watcher.isScanning(publisher)
    }

    /// Processes claims until the turn's share is done or the sinks have enough.
    func process(at now: UInt64) {
        for (publisher, until) in held where until <= now { release(publisher) }
        for (publisher, until) in unreadableSpools where until <= now { unreadableSpools[publisher] = nil }
        takeUpDeferred(at: now)
        refill(at: now)
        var batch = BatchInProgress()
        var bytes = 0
        for _ in 0..<CollectorBounds.claimsPerTurn where unsettled.count < CollectorBounds.unsettledClaims {
            guard bytes < CollectorBounds.bytesPerTurn, let (publisher, claim) = nextClaim() else { break }
            bytes += process(claim, of: publisher, into: &batch, at: now)
            if batch.cost >= CollectorBounds.bytesPerBatch { submit(&batch, at: now) }
        }
        submit(&batch, at: now)
    }

    /// Takes what came and what is owed in turn, so that neither a flood nor a backlog delays the other.
    private func nextClaim() -> (publisher: Publisher, claim: Claim)? {
        let room = delivery.sinksWithRoom
        isOwedNext.toggle()
        if isOwedNext, let claim = nextOwed(with: room) { return claim }
        return arrived.next(where: mayBeProcessed(with: room)) ?? nextOwed(with: room)
    }

    private func nextOwed(with room: SinkSet) -> (publisher: Publisher, claim: Claim)? {
        for sinks in owedInTurn where !sinks.isDisjoint(with: room) {
            if let claim = owed[sinks]?.next(where: isReadable) {
                lastOwed = sinks
                return claim
            }
        }
        return nil
    }

    /// The lines of owed claims, those behind the one that was served last first.
    var owedInTurn: [SinkSet] {
        let lines = owed.keys.sorted { $0.rawValue < $1.rawValue }
        return lines.filter { $0.rawValue > lastOwed.rawValue } + lines.filter { $0.rawValue <= lastOwed.rawValue }
    }

    /// Lets publishers go on whose window has room again.
    ///
    /// A claim of which a part is held may wait for one sink alone; what its window admits now is for all of them.
    private func release(_ publisher: Publisher) {
        held[publisher] = nil
        for sinks in owed.keys {
            let claims = owed[sinks]?.claims(of: publisher).filter { $0.shelf == .arrived } ?? []
            guard !claims.isEmpty else { continue }
            owed[sinks]?.remove(of: publisher) { $0.shelf == .arrived }
            for claim in claims { arrived.add(claim, of: publisher) }
        }
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
        let claim = claim.sized(reading.status.size)
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
                return CollectorBounds.bytesPerRejectedFile
            }
        case .success(let file):
            countClaimDelay(of: claim, modified: reading.status.modified)
            admit(file, of: claim, of: publisher, into: &batch, at: now)
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
        if claim.shelf == .arrived, admissions.admitted(of: claim.id) == nil {
            isBeingWritten = descriptor.writers() == .some
        }
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
        _ claim: Claim, of publisher: Publisher, _ rejection: FileRejection, at now: UInt64
    ) {
        count(for: publisher) { $0.files += 1 }
        reportRejectedFile(claim.name, of: publisher, rejection)
        var record = record(of: claim, of: publisher)
        record.fileRejection = rejection
        setAside(claim, of: publisher, record, because: .nothingAccepted, at: now)
    }

    /// A record of a claim with which something is wrong.
    func record(of claim: Claim, of publisher: Publisher) -> RejectionRecord {
        let handler: String? =
            switch publisher {
            case .handler(let name): name.description
            case .agent: nil
            }
        return RejectionRecord(claim: claim.id, handler: handler, file: claim.name.description, size: claim.size ?? 0)
    }

    func admit(
        _ file: ValidatedFile, of claim: Claim, of publisher: Publisher, into batch: inout BatchInProgress,
        at now: UInt64
    ) {
        attempts[claim.id] = nil
        let allowed = admitted(of: file, of: claim, of: publisher, at: now)
        let isWhole = allowed == file.events.count || settings.overCap == .drop || claim.shelf != .arrived
        if claim.shelf == .arrived {
            countOutcome(file, of: claim, of: publisher, allowed: allowed, isFirst: !counted.contains(claim.id))
        }
        if !isWhole {
            counted.insert(claim.id)
            held[publisher] =
                admissions.nextRoom(for: publisher, at: BootInstant(nanoseconds: now))?.nanoseconds ?? now
        }
        var record: RejectionRecord?
        if !file.rejected.isEmpty {
            record = self.record(of: claim, of: publisher)
            record?.counts = file.rejected
            record?.rejections = file.rejections
        }
        let events = file.events[..<allowed]
        hand(
            Admitted(events: events, claim: claim, publisher: publisher, isWhole: isWhole, record: record), to: &batch,
            at: now)
    }

    /// How many events of a claim are admitted by now.
    private func admitted(
        of file: ValidatedFile, of claim: Claim, of publisher: Publisher, at now: UInt64
    ) -> Int {
        let accepted = file.events.count
        guard publisher.isLimited else { return accepted }
        let earlier = admissions.admitted(of: claim.id)
        // What is owed was admitted whole, or as far as is known; no window is asked again.
        guard claim.shelf == .arrived else { return min(earlier ?? accepted, accepted) }
        let charge = admissions.admit(
            accepted, of: claim.id, from: publisher, at: BootInstant(nanoseconds: now),
            rest: settings.overCap == .drop ? .dropped : .held)
        if charge.charged > 0 || (earlier == nil && charge.admitted < accepted) { ledger.append(charge) }
        return charge.admitted
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
                for (code, number) in file.rejected { digest.rejectEvents(number, because: code) }
            }
        }
        countsChanged()
    }
}
