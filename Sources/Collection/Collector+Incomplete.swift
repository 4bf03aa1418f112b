internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Claims that cannot be taken as they are: still being written, or not to be read now.
extension Collector {
    /// Whether a file that is not complete is looked at again rather than taken as it is.
    func mayWait(for claim: Claim) -> Bool {
        attempts[claim.id, default: 0] < CollectorBounds.incompleteAttempts
    }

    /// Whether the rest of a file that ends too early may still come: somebody is writing it, or did so lately.
    func mayBecomeComplete(_ claim: Claim, _ reading: Reading, _ rejection: FileRejection) -> Bool {
        guard case .malformed(_, _, isIncomplete: true) = rejection else { return false }
        if reading.isBeingWritten { return true }
        let now = Int64(clamping: Clocks.nanosecondsSince1970())
        let (age, overflow) = now.subtractingReportingOverflow(reading.status.modified)
        return mayWait(for: claim) && !overflow && age.magnitude < UInt64(CollectorBounds.recently)
    }

    /// Gives an incomplete file back to its publisher, who may go on writing by its name, and looks again later; where
    /// that is not possible, the claim is read again.
    func awaitRest(of claim: Claim, of publisher: Publisher, _ status: FileStatus, at now: UInt64) {
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
    func giveBack(_ claim: Claim, of publisher: Publisher) -> Bool {
        guard claim.shelf == .arrived, admissions.admitted(of: claim.id) == nil,
            newestRestored.map({ $0 < claim.id }) ?? true,
            let directory = try? watcher.directory(of: publisher)
        else { return false }
        return spool.giveBack(claim, of: publisher, to: directory)
    }

    /// Gives back a directory that took a file's place at the instant of its claim: it stays where it was and is reported
    /// there, like any other of such a name.
    func returnDirectory(_ claim: Claim, of publisher: Publisher, at now: UInt64) {
        if giveBack(claim, of: publisher) { return forget(claim) }
        notices.tell(
            Notice(
                .spoolTrouble, about: publisher.description,
                "\(claim.entry) in the spool of \(publisher) is a directory and is left alone.",
                fields: publisher.noticeFields),
            every: settings.limit.period, now: now)
        forget(claim)
    }

    /// Tries again what the kernel refused; a claim that it will not let us read stays in the spool until the next start.
    func deferOrGiveUp(_ claim: Claim, of publisher: Publisher, _ error: Errno, at now: UInt64) {
        switch error {
        case .noSuchFileOrDirectory:
            takenAway(claim, of: publisher, at: now)
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .resourceTemporarilyUnavailable:
            // The last: somebody holds a lease on the file, which the kernel ends in time.
            reportSpoolTrouble(error, "Reading \(claim.entry) of \(publisher)", of: publisher, at: now)
            deferClaim(claim, of: publisher, until: now + CollectorBounds.troubleInterval)
        case _ where mayWait(for: claim):
            attempts[claim.id, default: 0] += 1
            reportSpoolTrouble(error, "Reading \(claim.entry) of \(publisher)", of: publisher, at: now)
            deferClaim(claim, of: publisher, until: now + CollectorBounds.troubleInterval)
        default:
            count(for: publisher) { $0.files += 1 }
            reportRejectedFile(claim.name, of: publisher, .unreadable(reason: String(describing: error)))
            reportSpoolTrouble(
                error, "\(claim.entry) of \(publisher) stays in the spool until the next start: reading it",
                of: publisher, at: now)
            forget(claim)
        }
    }
}
