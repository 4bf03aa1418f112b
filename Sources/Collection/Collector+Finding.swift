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
        case .completed(let name, let publisher):
            guard publisher.isEventFile(name) else { return }
            let key = AwaitedFiles.Key(publisher: publisher, name: name)
            // The file that was given back to its publisher comes with a notification, too.
            if let wait = awaited[key], wait.attempts > 0, let seen = wait.seen,
                let status = try? watcher.directory(of: publisher)?.status(of: name),
                status.isSameContents(as: seen)
            {
                return
            }
            // One pass takes what was there, and what was awaited then.
            guard !isPassComplete || awaited[key] != nil else { return }
            awaited.remove(key)
            debouncer.add(name, of: publisher, at: now)
        case .appeared(let name, let publisher):
            guard publisher.isEventFile(name) else { return }
            let key = AwaitedFiles.Key(publisher: publisher, name: name)
            guard awaited[key] == nil else { return }
            awaited.add(key, .init(due: now + CollectorBounds.settleTime))
        case .found(let entry, let publisher, let directory):
            guard troubled[publisher] == nil, !isWaitedFor(entry.name, of: publisher) else { return }
            if publisher.isEventFile(entry.name) {
                consider(entry.name, of: publisher, in: directory, awaited: nil, at: now)
            } else if entry.kind != .directory {
                removeResidue(entry.name, of: publisher, in: directory, at: now)
            }
        }
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
        let size: Int
        do {
            guard let status = try directory.status(of: name) else { return }
            guard status.kind == .regular, status.linkCount == 1 else {
                return consider(name, of: publisher, in: directory, awaited: nil, at: now)
            }
            size = status.size
        } catch {
            return reportTrouble(error, claiming: name, of: publisher, at: now)
        }
        take(name, size: size, of: publisher, in: directory, attempts: 0, at: now)
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
        let attempts = wait?.attempts ?? 0
        let later = AwaitedFiles.Wait(due: now + CollectorBounds.settleTime, attempts: attempts, seen: status)
        guard status.linkCount == 1 else {
            // A publisher that links its temporary file to the final name unlinks the temporary one next.
            guard wait == nil, refused[publisher]?.contains(name) != true else {
                let kind = "regular file with \(status.linkCount) links"
                return refuse(key, kind: kind, status: status, in: directory, at: now)
            }
            return awaited.add(key, later)
        }
        guard !isStill(status), wait?.seen?.isSameContents(as: status) != true else {
            return take(name, size: status.size, of: publisher, in: directory, attempts: attempts, at: now)
        }
        switch (try? directory.openForReading(name))?.writers() {
        case .some(.none): take(name, size: status.size, of: publisher, in: directory, attempts: attempts, at: now)
        case .some(.unknown): awaited.add(key, later)
        case .some(.some), nil:
            // Its closing will tell, unless the file bore another name when it was opened. One that cannot be opened is
            // looked at again, too.
            awaited.add(key, waitingLonger(than: wait, attempts: attempts, at: now))
        }
    }

    /// Each wait is twice as long as the one before it.
    private func waitingLonger(than wait: AwaitedFiles.Wait?, attempts: Int, at now: UInt64) -> AwaitedFiles.Wait {
        let time = wait?.next ?? CollectorBounds.settleTime
        return AwaitedFiles.Wait(
            due: now + time, attempts: attempts, next: min(2 * time, CollectorBounds.longestWait), seen: nil)
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

    /// Moves a file into the spool.
    private func take(
        _ name: FileName, size: Int, of publisher: Publisher, in directory: Directory, attempts: Int, at now: UInt64
    ) {
        do {
            let isFinal = attempts >= CollectorBounds.incompleteAttempts
            guard
                let claim = try spool.claim(
                    name, of: publisher, from: directory, evenWhileWritten: isFinal, size: size,
                    at: Clocks.nanosecondsSince1970())
            else { return }
            if attempts > 0 { self.attempts[claim.id] = attempts }
            arrived.add(claim, of: publisher)
            keepLimits(after: publisher, at: now)
            countsChanged()
        } catch Errno.resourceTemporarilyUnavailable {
            // It is being written, and would have to be copied.
            let wait = AwaitedFiles.Wait(due: now + CollectorBounds.incompleteInterval, attempts: attempts + 1)
            awaited.add(AwaitedFiles.Key(publisher: publisher, name: name), wait)
        } catch {
            reportTrouble(error, claiming: name, of: publisher, at: now)
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
