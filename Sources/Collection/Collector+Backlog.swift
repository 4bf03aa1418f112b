internal import Delivery
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
        try restoreProgress(at: now)
        var waiting: Set<ClaimID> = []
        var known: Set<ClaimID> = []
        let shelves = try spool.shelves { stranger in
            notices.tell(
                Notice(
                    .spoolTrouble, about: "owed", "\(stranger) in \(spool.path)/owed names no sinks and is left alone."),
                every: settings.limit.period, now: now)
        }
        for shelf in shelves {
            let publishers = try spool.publishers(on: shelf)
            var count = 0
            for publisher in publishers {
                try readSpool(of: publisher, on: shelf, sized: true, at: now) { claim in
                    spool.takeStock(of: claim, of: publisher)
                    if admissions.admitted(of: claim.id) != nil { waiting.insert(claim.id) }
                    if progress[claim.id] != nil { known.insert(claim.id) }
                    newestRestored = max(newestRestored ?? claim.id, claim.id)
                    count += 1
                    enqueue(claim, of: publisher)
                }
            }
            tellOfForeign(shelf, count, at: now)
            removeEmptyDirectories(of: publishers, on: shelf)
        }
        progress = progress.filter { known.contains($0.key) }
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

    /// Takes up how far an earlier process's sinks came.
    private func restoreProgress(at now: UInt64) throws(Errno) {
        let written = try DeliveryProgress.read(in: spool.root)
        for entry in written.entries {
            guard let place = spool.place(ofSink: entry.sink) else { continue }
            progress[entry.claim, default: ClaimProgress()].restore(entry.finished, by: place)
        }
        guard !written.isReadable else { return }
        notices.tell(
            Notice(
                .spoolTrouble, about: "progress",
                "Lines of \(spool.path)/\(DeliveryProgress.file) could not be read and are left out: sinks may get a few events "
                    + "again, under the same ids."),
            now: now)
    }

    /// Tells what waits for sinks that are not configured: it stays for as long as the spool's limits allow.
    private func tellOfForeign(_ shelf: Shelf, _ count: Int, at now: UInt64) {
        guard case .owed(let sinks) = shelf, count > 0, !sinks.isSubset(of: delivery.sinks) else { return }
        let names = spool.names(of: sinks.subtracting(delivery.sinks)).joined(separator: ", ")
        notices.tell(
            Notice(
                .spoolTrouble, about: names,
                "\(count) files in \(spool.path) are owed to \(names), which is not configured; they wait for it."),
            now: now)
    }

    /// Removes the directories in the spool that are empty and whose handlers exist no more.
    ///
    /// While the log root is missing, nobody can tell which handlers exist.
    private func removeEmptyDirectories(of publishers: [Publisher], on shelf: Shelf) {
        guard let path = settings.extensionLog, let logRoot = try? Directory(at: path) else { return }
        for case .handler(let name) in publishers where (try? logRoot.status(of: name)) == nil {
            spool.removeEmptyDirectory(of: name, on: shelf)
        }
        spool.removeEmptyShelf(shelf)
    }

    func readSpool(
        of publisher: Publisher, on shelf: Shelf, sized: Bool, at now: UInt64, _ body: (Claim) -> Void
    ) throws(Errno) {
        do {
            try spool.forEachClaim(of: publisher, on: shelf, sized: sized, body) { stranger in
                notices.tell(
                    Notice(
                        .spoolTrouble, about: publisher.description,
                        "\(stranger) in the spool of \(publisher) is no claim and is left alone.",
                        fields: publisher.noticeFields),
                    every: settings.limit.period, now: now)
            }
        } catch Errno.notDirectory {
            notices.tell(
                Notice(
                    .spoolTrouble, about: publisher.description,
                    "\(publisher) in \(spool.path)/extensions is no directory and is left alone."),
                every: settings.limit.period, now: now)
        }
    }

    /// Queues a claim by what was decided about it: what is charged must not wait behind a full window.
    private func enqueue(_ claim: Claim, of publisher: Publisher) {
        switch claim.shelf {
        case .owed(let sinks):
            // What is owed to others alone stays where it is.
            guard !sinks.isDisjoint(with: delivery.sinks) else { return }
            owed[sinks, default: ClaimQueue()].add(claim, of: publisher)
        case .arrived:
            if admissions.admitted(of: claim.id) ?? 0 > 0 {
                owed[delivery.sinks, default: ClaimQueue()].add(claim, of: publisher)
            } else {
                arrived.add(claim, of: publisher)
            }
        }
    }

    /// Notes that a publisher has claims on a shelf that are not in memory.
    func leaveToSpool(_ publisher: Publisher, on shelf: Shelf) {
        switch shelf {
        case .arrived: arrived.leaveToSpool(publisher)
        case .owed(let sinks): owed[sinks, default: ClaimQueue()].leaveToSpool(publisher)
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
            leaveToSpool(publisher, on: claim.shelf)
            unreadableSpools[publisher] = due
        }
    }

    /// Reads the spool again for publishers whose claims in memory are used up while there are more on disk; one at a
    /// time, and before a batch is begun, so that every claim in hand is known.
    func refill(at now: UInt64) {
        let room = delivery.sinksWithRoom
        for sinks in owedInTurn where !sinks.isDisjoint(with: room) {
            guard let publisher = owed[sinks]?.takeExhausted(where: isReadable) else { continue }
            // A claim of which a part is held waits in this line as well.
            return refill(from: publisher, on: [.owed(sinks), .arrived], at: now) { [self] in
                owed[sinks]?.leaveToSpool(publisher)
            }
        }
        let allows = mayBeProcessed(with: room)
        if let publisher = arrived.takeExhausted(where: { allows($0) && isReadable($0) }) {
            refill(from: publisher, on: [.arrived], at: now) { [self] in arrived.leaveToSpool(publisher) }
        }
    }

    private func refill(from publisher: Publisher, on shelves: [Shelf], at now: UInt64, orElse leave: () -> Void) {
        var known = Set(inFlight.keys)
        known.formUnion(deferred.map(\.claim.id))
        known.formUnion(unsettled.map(\.claim.id))
        for queue in [arrived] + owed.values { known.formUnion(queue.claims(of: publisher).map(\.id)) }
        do {
            for shelf in shelves {
                try readSpool(of: publisher, on: shelf, sized: false, at: now) { claim in
                    guard !known.contains(claim.id) else { return }
                    enqueue(claim, of: publisher)
                }
            }
        } catch {
            reportSpoolTrouble(error, "Reading the spool of \(publisher)", of: publisher, at: now)
            leave()
            unreadableSpools[publisher] = now + CollectorBounds.troubleInterval
        }
    }
}
