internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// The limits of the spool: past them the oldest claims go, counted and told.
extension Collector {
    /// Makes room after a claim of `publisher` came.
    func keepLimits(after publisher: Publisher, at now: UInt64) {
        // While what was to go cannot be removed, no more is tried for every claim that comes.
        guard unsettled.count < CollectorBounds.unsettledClaims,
            let (publisher, excess) = spool.use.excess(after: publisher, settings.spool), now >= evictionNotBefore
        else { return }
        evict(from: publisher, excess, at: now)
    }

    /// Removes the claims that wait for longer than the limit.
    func expireClaims(at now: UInt64) {
        let day = Clocks.nanosecondsSince1970()
        // A clock that was set tells nothing about what was dated by it before.
        let known = clockSteps.sinceStep(day: day, boot: now) ?? .max
        guard known > settings.spool.age, day > settings.spool.age else { return }
        let before = day - settings.spool.age
        for publisher in spool.use.publishers(before: before) { evict(from: publisher, .age(before: before), at: now) }
    }

    /// Removes the oldest claims of a publisher, but for those that are with sinks.
    private func evict(from publisher: Publisher, _ excess: SpoolUse.Excess, at now: UInt64) {
        do {
            let ids = try waitingClaims(of: publisher, at: now)
            guard let last = lastToGo(of: ids, excess) else {
                if let oldest = ids.first { spool.setOldest(oldest.time, of: publisher) }
                return
            }
            try removeClaims(of: publisher, upTo: last, because: .beyondLimit(excess.words), at: now)
            if let oldest = ids.first(where: { $0 > last }) { spool.setOldest(oldest.time, of: publisher) }
            // What the disk refused now it would refuse for the next claim that comes.
            if !unsettled.isEmpty { evictionNotBefore = now + CollectorBounds.troubleInterval }
        } catch {
            reportSpoolTrouble(error, "Removing what is too much of \(publisher)", at: now)
            // Its claims in memory may be gone by now, though they are on disk.
            leaveToSpool(publisher, on: .arrived)
            for sinks in owed.keys { leaveToSpool(publisher, on: .owed(sinks)) }
            unreadableSpools[publisher] = now + CollectorBounds.troubleInterval
            evictionNotBefore = now + CollectorBounds.troubleInterval
        }
    }

    /// The claims that an eviction passes over: they are with sinks, or the disk would not let them go.
    private var claimsThatStay: Set<ClaimID> { Set(inFlight.keys).union(unsettled.map(\.claim.id)) }

    /// The ids of a publisher's claims that no sink has, in their order.
    private func waitingClaims(of publisher: Publisher, at now: UInt64) throws(Errno) -> [ClaimID] {
        var ids: [ClaimID] = []
        let staying = claimsThatStay
        for shelf in try spool.shelves(stranger: { _ in }) {
            try readSpool(of: publisher, on: shelf, sized: false, at: now) { claim in
                if !staying.contains(claim.id) { ids.append(claim.id) }
            }
        }
        ids.sort()
        return ids
    }

    /// The newest claim that has to go; nil when none has.
    private func lastToGo(of ids: [ClaimID], _ excess: SpoolUse.Excess) -> ClaimID? {
        switch excess {
        case .age(let before): ids.last { $0.time < before }
        case .files(_, let surplus), .bytes(_, let surplus): ids.isEmpty ? nil : ids[min(surplus, ids.count) - 1]
        }
    }

    private func removeClaims(
        of publisher: Publisher, upTo last: ClaimID, because rejection: FileRejection, at now: UInt64
    ) throws(Errno) {
        let isGone = { (claim: Claim) in claim.id <= last }
        arrived.remove(of: publisher, where: isGone)
        for sinks in owed.keys { owed[sinks]?.remove(of: publisher, where: isGone) }
        deferred.removeAll { $0.publisher == publisher && isGone($0.claim) }
        var count = 0
        let staying = claimsThatStay
        for shelf in try spool.shelves(stranger: { _ in }) {
            try readSpool(of: publisher, on: shelf, sized: true, at: now) { claim in
                guard isGone(claim), !staying.contains(claim.id) else { return }
                // What the disk does not let go is not tried thousands of times.
                guard unsettled.count <= staying.count else { return leaveToSpool(publisher, on: claim.shelf) }
                count += 1
                self.count(for: publisher) {
                    $0.files += claim.shelf == .arrived && !counted.contains(claim.id) ? 1 : 0
                }
                reportRejectedFile(claim.name, of: publisher, rejection)
                remove(claim, of: publisher, because: .beyondLimit, at: now)
            }
        }
        notices.tell(
            Notice(
                .spoolFull, about: publisher.description,
                "\(count) files of \(publisher) leave the spool \(spool.path) undelivered, the oldest first: \(rejection)",
                count: count, fields: publisher.noticeFields + [.reason(rejection.name)]),
            every: settings.limit.period, now: now)
    }
}

extension SpoolUse.Excess {
    /// What a rejection says of it.
    fileprivate var words: String {
        switch self {
        case .files(let limit, _): "more than \(limit) files wait"
        case .bytes(let limit, _): "more than \(limit) bytes wait"
        case .age: "it waits for too long"
        }
    }
}
