internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// What waits in the spool: taken up at the start, read again when memory has room, and after trouble.
extension Collector {
    /// Takes up the ledger and the claims that an earlier process left.
    func restore(_ contents: AdmissionLedger.Contents) throws(Errno) {
        let now = Clocks.nanosecondsSinceBoot()
        for charge in contents.charges {
            admissions.restore(charge)
            spool.skip(past: charge.claim)
        }
        var waiting: Set<ClaimID> = []
        let publishers = try spool.publishers()
        for publisher in publishers {
            try readSpool(of: publisher, at: now) { claim in
                if admissions.admitted(of: claim.id) != nil { waiting.insert(claim.id) }
                newestRestored = max(newestRestored ?? claim.id, claim.id)
                enqueue(claim, of: publisher)
            }
        }
        removeEmptyDirectories(of: publishers)
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

    /// Removes the directories in the spool that are empty and whose handlers exist no more.
    ///
    /// While the log root is missing, nobody can tell which handlers exist.
    private func removeEmptyDirectories(of publishers: [Publisher]) {
        guard let path = settings.extensionLog, let logRoot = try? Directory(at: path) else { return }
        for case .handler(let name) in publishers where (try? logRoot.status(of: name)) == nil {
            spool.removeEmptyDirectory(of: name)
        }
    }

    func readSpool(
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

    /// Queues a claim by what was decided about it: what is charged must not wait behind a full window.
    private func enqueue(_ claim: Claim, of publisher: Publisher) {
        if admissions.admitted(of: claim.id) ?? 0 > deliveredParts[claim.id] ?? 0 {
            admitted.add(claim, of: publisher)
        } else {
            arrived.add(claim, of: publisher)
        }
    }

    func takeUpDeferred(at now: UInt64) {
        guard deferred.contains(where: { $0.due <= now }) else { return }
        for item in deferred where item.due <= now { enqueue(item.claim, of: item.publisher) }
        deferred.removeAll { $0.due <= now }
    }

    /// Reads a claim again later; beyond the bound the spool keeps it.
    func deferClaim(_ claim: Claim, of publisher: Publisher, until due: UInt64) {
        if deferred.count < CollectorBounds.deferredClaims {
            deferred.append((due, publisher, claim))
        } else {
            arrived.leaveToSpool(publisher)
            unreadableSpools[publisher] = due
        }
    }

    /// Reads the spool again for publishers whose claims in memory are used up while there are more on disk; one at a
    /// time, and before a batch is begun, so that every claim in hand is known.
    func refill(at now: UInt64) {
        if hasRoom, let publisher = admitted.takeExhausted(where: isReadable) {
            refill(from: publisher, at: now)
        } else if let publisher = arrived.takeExhausted(where: { mayBeProcessed($0) && isReadable($0) }) {
            refill(from: publisher, at: now)
        }
    }

    func refill(from publisher: Publisher, at now: UInt64) {
        var known = Set(inFlight.values.joined().map(\.claim.id))
        known.formUnion(deferred.map(\.claim.id))
        for claim in arrived.claims(of: publisher) + admitted.claims(of: publisher) { known.insert(claim.id) }
        do {
            try readSpool(of: publisher, at: now) { claim in
                guard !known.contains(claim.id) else { return }
                enqueue(claim, of: publisher)
            }
        } catch {
            reportSpoolTrouble(error, "Reading the spool of \(publisher)", at: now)
            arrived.leaveToSpool(publisher)
            unreadableSpools[publisher] = now + CollectorBounds.troubleInterval
        }
    }
}
