internal import SystemCalls

/// Whom a file waits for that others are at, and for how long.
extension Collector {
    /// Takes up what was notified by now.
    func hear(at now: UInt64) {
        watcher.readNotifications(now: now) { take($0, at: now) }
    }

    /// Takes up what was notified by now, but for the closing of a file that we had opened and left where it is.
    func hearOwnClosing(of key: AwaitedFiles.Key, at now: UInt64) {
        ownClosing = key
        hear(at: now)
        ownClosing = nil
    }

    /// Leaves a file alone for a while that somebody has read: a collector beside us removes it next.
    func leaveToReader(_ key: AwaitedFiles.Key, at now: UInt64) {
        guard key.publisher.isEventFile(key.name), key != ownClosing else { return }
        // One pass waits for what it takes, and for nothing that came after it.
        guard !isPassComplete || awaited[key] != nil else {
            if readSincePass.count < CollectorBounds.dueNamesPerPublisher { readSincePass.insert(key) }
            return
        }
        leaveAlone(key, at: now)
    }

    /// Leaves a file alone for the courtesy time, some times at most.
    func leaveAlone(_ key: AwaitedFiles.Key, at now: UInt64) {
        var wait = awaited[key] ?? .init(due: now)
        guard wait.readings < CollectorBounds.courtesies else { return }
        wait.readings += 1
        wait.due = max(wait.due, now + CollectorBounds.courtesyTime)
        awaited.add(key, wait)
    }

    /// Until nobody has changed the file for the settle time.
    func waitingToSettle(
        _ status: FileStatus, than wait: AwaitedFiles.Wait?, at now: UInt64
    ) -> AwaitedFiles.Wait {
        var wait = wait ?? .init(due: now)
        wait.due = now + CollectorBounds.settleTime
        wait.seen = status
        return wait
    }

    /// For a writer who is expected to finish; its closing will tell, unless the file bore another name when it was opened.
    func waitingForWriter(than wait: AwaitedFiles.Wait?, at now: UInt64) -> AwaitedFiles.Wait {
        var wait = wait ?? .init(due: now)
        wait.due = now + CollectorBounds.incompleteInterval
        wait.attempts += 1
        wait.seen = nil
        return wait
    }

    /// For a writer that a scan met at its work: each wait is twice as long as the one before it.
    func waitingLonger(than wait: AwaitedFiles.Wait?, at now: UInt64) -> AwaitedFiles.Wait {
        var wait = wait ?? .init(due: now)
        wait.due = now + wait.next
        wait.next = min(2 * wait.next, CollectorBounds.longestWait)
        wait.seen = nil
        return wait
    }

    /// For a reader, who is mostly done at once, and whose closing tells, unless it is the kernel's or a virus scanner's.
    func waitingForReader(than wait: AwaitedFiles.Wait?, at now: UInt64) -> AwaitedFiles.Wait {
        var wait = wait ?? .init(due: now)
        let time = wait.readings == 0 ? CollectorBounds.settleTime : CollectorBounds.courtesyTime
        wait.due = max(wait.due, now + time)
        wait.readings += 1
        wait.seen = nil
        return wait
    }
}
