internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// What lies in an events directory and is no event file.
extension Collector {
    /// Reports an entry that bears an event file's name but is none, once; removes it as residue when it is old.
    func refuse(
        _ key: AwaitedFiles.Key, kind: String, status: FileStatus, in directory: Directory, at now: UInt64
    ) {
        let known = refused[key.publisher, default: []]
        if known.count < CollectorBounds.refusedPerPublisher, !known.contains(key.name) {
            refused[key.publisher, default: []].insert(key.name)
            reportRejectedFile(key.name, of: key.publisher, .notARegularFile(kind: kind))
        }
        if status.kind != .directory { removeResidue(key.name, of: key.publisher, in: directory, at: now) }
    }

    /// Forgets refused entries that their publishers took away, so that the next of the name is reported again.
    func forgetRefusedThatAreGone() {
        for (publisher, names) in refused {
            let directory = try? watcher.directory(of: publisher)
            let left = names.filter { (try? directory?.status(of: $0)) != nil }
            refused[publisher] = left.isEmpty ? nil : left
        }
    }

    /// Removes what is no event file once nobody changed it for the residue age; a publisher's temporary file is
    /// younger than that.
    func removeResidue(
        _ name: FileName, of publisher: Publisher, in directory: Directory, at now: UInt64
    ) {
        do {
            guard let status = try directory.status(of: name), status.kind != .directory, isResidue(status) else {
                return
            }
            try directory.removeFile(name)
            refused[publisher]?.remove(name)
            tally.residueRemoved += 1
            countsChanged()
            notices.tell(
                Notice(
                    .residueRemoved, about: publisher.description,
                    "Removed \(name) of \(publisher): it is no event file and was left behind.",
                    count: 1, fields: publisher.noticeFields + [.file(name.description)]),
                every: settings.limit.period, now: now)
        } catch Errno.noSuchFileOrDirectory {
            // Its owner was quicker.
        } catch {
            notices.tell(
                Notice(
                    .residueStays, about: publisher.description,
                    "Removing \(name) of \(publisher), which is no event file, failed: \(error).",
                    fields: publisher.noticeFields + [.file(name.description), .errorNumber(error)]),
                every: settings.limit.period, now: now)
        }
    }

    /// By the later of the modification, which publishers can set, and the change, which only the kernel sets; a
    /// modification in the future tells nothing.
    private func isResidue(_ status: FileStatus) -> Bool {
        let now = Int64(clamping: Clocks.nanosecondsSince1970())
        let modified = status.modified <= now ? status.modified : status.changed
        return age(since: max(modified, status.changed)) >= settings.residueAge
    }
}
