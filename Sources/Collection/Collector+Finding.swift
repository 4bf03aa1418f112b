internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Steps 1 to 3: what the watcher found becomes claims.
extension Collector {
    /// Takes up what the watcher found.
    func take(_ finding: EventDirectoryWatcher.Finding, at now: UInt64) {
        switch finding {
        case .written(let name, let publisher):
            let key = AwaitedFiles.Key(publisher: publisher, name: name)
            // A reader may have had all of it before its writer's closing.
            if let wait = awaited[key], wait.readings > 0 { return }
            complete(key, at: now)
        case .movedIn(let name, let publisher):
            complete(AwaitedFiles.Key(publisher: publisher, name: name), at: now)
        case .appeared(let name, let publisher):
            guard publisher.isEventFile(name) else { return }
            let key = AwaitedFiles.Key(publisher: publisher, name: name)
            // Whoever read a file of the name read another.
            guard awaited[key].map({ $0.readings > 0 }) ?? true else { return }
            awaited.add(key, .init(due: now + CollectorBounds.settleTime))
        case .read(let name, let publisher):
            leaveToReader(AwaitedFiles.Key(publisher: publisher, name: name), at: now)
        case .found(let entry, let publisher, let directory):
            guard troubled[publisher] == nil, !isWaitedFor(entry.name, of: publisher) else { return }
            if publisher.isEventFile(entry.name) {
                consider(entry.name, of: publisher, in: directory, awaited: nil, at: now)
            } else if entry.kind != .directory {
                removeResidue(entry.name, of: publisher, in: directory, at: now)
            }
        }
    }

    /// Takes up a file that a notification called complete.
    private func complete(_ key: AwaitedFiles.Key, at now: UInt64) {
        guard key.publisher.isEventFile(key.name) else { return }
        // The file that was given back to its publisher comes with a notification, too.
        if let wait = awaited[key], wait.attempts > 0, let seen = wait.seen,
            let status = try? watcher.directory(of: key.publisher)?.status(of: key.name),
            status.isSameContents(as: seen)
        {
            return
        }
        // One pass takes what was there, and what was awaited then.
        guard !isPassComplete || awaited[key] != nil else { return }
        awaited.remove(key)
        debouncer.add(key.name, of: key.publisher, at: now)
    }

    private func isWaitedFor(_ name: FileName, of publisher: Publisher) -> Bool {
        awaited[AwaitedFiles.Key(publisher: publisher, name: name)] != nil
    }

    /// Claims the batches, the awaited files and the troubled directories that are due.
    func claimDue(at now: UInt64) {
        for batch in debouncer.takeDue(at: now) { queue(batch) }
        claimPartOfDueBatches(at: now)
        let due = awaited.takeDue(at: now)
        for (key, wait) in due.files {
            guard let directory = directory(of: key.publisher, claiming: key.name, at: now) else { continue }
            consider(key.name, of: key.publisher, in: directory, awaited: wait, at: now)
        }
        for publisher in due.directories { watcher.rescan(publisher) }
        for (publisher, instant) in troubled where instant <= now {
            troubled[publisher] = nil
            watcher.rescan(publisher)
        }
    }

    /// Queues a batch to be claimed in turn.
    ///
    /// Beyond a publisher's bound its directory is scanned instead.
    private func queue(_ batch: Debouncer.Batch) {
        let names = dueNames[batch.publisher, default: 0] + batch.names.count
        guard names <= CollectorBounds.dueNamesPerPublisher else { return watcher.rescan(batch.publisher) }
        dueNames[batch.publisher] = names
        dueBatches.append(batch)
    }

    /// The publisher's directory; nil when it is gone, or when it cannot be opened now and is looked at again later.
    private func directory(of publisher: Publisher, claiming name: FileName, at now: UInt64) -> Directory? {
        do {
            return try watcher.directory(of: publisher)
        } catch {
            reportTrouble(error, claiming: name, of: publisher, at: now)
            return nil
        }
    }

    /// Claims a turn's share, some files of each batch in turn, so that a large batch delays no small one.
    private func claimPartOfDueBatches(at now: UInt64) {
        var left = CollectorBounds.claimsPerTurn
        while left > 0, !dueBatches.isEmpty {
            let batch = dueBatches.removeFirst()
            let part = batch.names.prefix(CollectorBounds.claimsPerTurn / 4)
            left -= part.count
            if let name = part.first, let directory = directory(of: batch.publisher, claiming: name, at: now) {
                for name in part { claim(name, of: batch.publisher, in: directory, at: now) }
            }
            if part.count < batch.names.count {
                dueBatches.append(.init(publisher: batch.publisher, names: Array(batch.names[part.endIndex...])))
            }
            let names = dueNames[batch.publisher, default: 0] - part.count
            dueNames[batch.publisher] = names > 0 ? names : nil
        }
    }

    /// Claims a file that a notification called complete.
    private func claim(_ name: FileName, of publisher: Publisher, in directory: Directory, at now: UInt64) {
        // Somebody has read it since.
        guard !isWaitedFor(name, of: publisher) else { return }
        let status: FileStatus
        do {
            guard let found = try directory.status(of: name) else { return }
            guard found.kind == .regular, found.linkCount == 1 else {
                return consider(name, of: publisher, in: directory, awaited: nil, at: now)
            }
            status = found
        } catch {
            return reportTrouble(error, claiming: name, of: publisher, at: now)
        }
        take(.init(publisher: publisher, name: name), status, in: directory, awaited: nil, at: now)
    }

    /// Decides about a file of which it is not known whether it is complete.
    private func consider(
        _ name: FileName, of publisher: Publisher, in directory: Directory, awaited wait: AwaitedFiles.Wait?,
        at now: UInt64
    ) {
        let key = AwaitedFiles.Key(publisher: publisher, name: name)
        let status: FileStatus
        do {
            guard let found = try directory.status(of: name) else {
                refused[publisher]?.remove(name)
                return
            }
            status = found
        } catch {
            return reportTrouble(error, claiming: name, of: publisher, at: now)
        }
        guard status.kind == .regular else {
            return refuse(key, kind: status.kind.rawValue, status: status, in: directory, at: now)
        }
        guard status.linkCount == 1 else {
            // A publisher that links its temporary file to the final name unlinks the temporary one next.
            guard wait == nil, refused[publisher]?.contains(name) != true else {
                let kind = "regular file with \(status.linkCount) links"
                return refuse(key, kind: kind, status: status, in: directory, at: now)
            }
            return awaited.add(key, waitingToSettle(status, than: wait, at: now))
        }
        let isStill = isStill(status) || wait?.seen?.isSameContents(as: status) == true
        take(key, status, in: directory, awaited: wait, if: isStill ? .notKnownUsed : .knownUnused, at: now)
    }

    /// Whether nobody changed the file, or its inode, for the settle time.
    private func isStill(_ status: FileStatus) -> Bool {
        age(since: status.changed) > CollectorBounds.settleTime
    }

    /// For how long something dated `instant`, in nanoseconds since 1970, has been so, in nanoseconds.
    ///
    /// 0 for what is dated in the future, and no more than since somebody set the clock.
    func age(since instant: Int64) -> UInt64 {
        let day = Clocks.nanosecondsSince1970()
        let (difference, overflow) = Int64(clamping: day).subtractingReportingOverflow(instant)
        let age = overflow ? .max : UInt64(clamping: difference)
        return min(age, clockSteps.sinceStep(day: day, boot: Clocks.nanosecondsSinceBoot()) ?? .max)
    }

    /// Moves a file into the spool, or waits for those who are at it.
    private func take(
        _ key: AwaitedFiles.Key, _ status: FileStatus, in directory: Directory, awaited wait: AwaitedFiles.Wait?,
        if condition: ClaimCondition = .notKnownUsed, at now: UInt64
    ) {
        let attempt: ClaimAttempt
        do {
            attempt = try spool.claim(
                key.name, of: key.publisher, from: directory, if: wait?.condition(condition) ?? condition,
                size: status.size, at: Clocks.nanosecondsSince1970()
            ) {
                hear(at: now)
                if readSincePass.remove(key) != nil { leaveAlone(key, at: now) }
                return awaited[key] == nil
            }
        } catch {
            hearOwnClosing(of: key, at: now)
            guard error == .resourceTemporarilyUnavailable else {
                return reportTrouble(error, claiming: key.name, of: key.publisher, at: now)
            }
            // Somebody is at it, and it would have to be copied. Who has read it is waited for already.
            awaited.add(key, awaited[key]?.adding(wait) ?? waitingForWriter(than: wait, at: now))
            return
        }
        switch attempt {
        case .claimed(let claim):
            if let attempts = wait?.attempts, attempts > 0 { self.attempts[claim.id] = attempts }
            arrived.add(claim, of: key.publisher)
            keepLimits(after: key.publisher, at: now)
            countsChanged()
        case .gone: break
        case .read:
            hearOwnClosing(of: key, at: now)
            if let known = awaited[key] { awaited.add(key, known.adding(wait)) }
        case .inUse(let others):
            hearOwnClosing(of: key, at: now)
            // One may have read it while the other has it open.
            let wait = awaited[key]?.adding(wait) ?? wait
            switch others {
            case .writing where condition == .knownUnused: awaited.add(key, waitingLonger(than: wait, at: now))
            case .writing: awaited.add(key, waitingForWriter(than: wait, at: now))
            case .unknown: awaited.add(key, waitingToSettle(status, than: wait, at: now))
            case .reading, .none: awaited.add(key, waitingForReader(than: wait, at: now))
            }
        }
    }

    private func reportTrouble(_ error: Errno, claiming name: FileName, of publisher: Publisher, at now: UInt64) {
        notices.tell(
            Notice(
                .spoolTrouble, about: publisher.description,
                "Claiming \(name) of \(publisher) into \(spool.path) failed: \(error). The file stays where it is; "
                    + "its directory is looked at again every \(CollectorBounds.troubleInterval / 1_000_000_000) s.",
                fields: publisher.noticeFields + [.errorNumber(error)]),
            every: settings.limit.period, now: now)
        troubled[publisher] = now + CollectorBounds.troubleInterval
        troubles += 1
    }
}

extension FileStatus {
    /// Whether the contents are those of `other`, as far as the kernel tells.
    fileprivate func isSameContents(as other: FileStatus) -> Bool {
        inode == other.inode && size == other.size && modified == other.modified
    }
}
