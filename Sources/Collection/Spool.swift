internal import SystemCalls
package import SystemPackage
internal import TelemetryEvents

/// The directory of claimed files: what lies here is not acknowledged yet, and what was acknowledged does not.
///
///     <spool>/lock                    held by the one process that works here
///     <spool>/admissions              what the rate limiter decided (see AdmissionLedger)
///     <spool>/agent/                  claims of the VM agent's files
///     <spool>/extensions/<handler>/   claims of an extension's files
///     <spool>/rejected/               what was rejected (see RejectedStore)
///     <spool>/copying/                copies that are not complete yet, from directories on another mount
package final class Spool {
    /// What the spool holds; each must be writable by whoever works in it.
    static let entries: [FileName] = [
        "lock", "admissions", "agent", "extensions", "copying", RejectedStore.directory,
    ]

    let root: Directory
    package let path: FilePath
    private let extensions: Directory
    private let copying: Directory
    private let lock: SpoolLock
    private var numbering = ClaimNumbering(after: nil)
    private var directories = DirectoryCache<Publisher>()
    /// Publishers whose directory is on another mount, so that the rename is not tried in vain for every file.
    private var onOtherMounts: Set<Publisher> = []

    /// Opens the spool, making what is missing, and locks it for this process.
    ///
    /// `purpose` tells a second process what this one is doing.
    package init(at path: FilePath, purpose: String) throws(SpoolError) {
        self.path = path
        do {
            root = try Directory.make(at: path)
        } catch {
            throw SpoolError(.cannotOpen, path: path, underlying: error)
        }
        lock = try SpoolLock(in: root, of: path, purpose: purpose)
        do {
            try root.makeDirectory("extensions")
            try root.makeDirectory("agent")
            try root.makeDirectory("copying")
            extensions = try Directory(named: "extensions", in: root)
            copying = try Directory(named: "copying", in: root)
            try Spool.removeUnfinishedCopies(in: copying)
        } catch {
            throw SpoolError(.cannotOpen, path: path, underlying: error)
        }
    }

    /// Takes a file from its publisher's directory into the spool.
    ///
    /// Nil when the file is gone: another was quicker.
    ///
    /// - Throws: what the kernel said; the file is where it was then. `resourceTemporarilyUnavailable`: it would have to be
    ///   copied and is being written; `evenWhileWritten` copies it all the same.
    func claim(
        _ name: FileName, of publisher: Publisher, from source: Directory, evenWhileWritten: Bool = false,
        at now: UInt64
    ) throws(Errno) -> Claim? {
        let claim = Claim(id: numbering.next(at: now), name: name)
        do {
            return try take(claim, of: publisher, from: source, evenWhileWritten) ? claim : nil
        } catch Errno.noSuchFileOrDirectory {
            guard try source.status(of: name) != nil else { return nil }
            // The directory that we keep open was removed from the spool.
            forgetDirectory(of: publisher)
            return try take(claim, of: publisher, from: source, evenWhileWritten) ? claim : nil
        }
    }

    /// False when a copy found the source gone.
    private func take(
        _ claim: Claim, of publisher: Publisher, from source: Directory, _ evenWhileWritten: Bool
    ) throws(Errno) -> Bool {
        let (directory, entry) = try place(of: claim, of: publisher, making: true)
        do throws(Errno) {
            if !onOtherMounts.contains(publisher) {
                do {
                    try source.move(claim.name, to: directory, as: entry)
                    return true
                } catch Errno.improperLink {
                    onOtherMounts.insert(publisher)
                }
            }
            let isTaken = try FileCopy.move(
                claim.name, from: source,
                to: .init(copying: copying, target: directory, entry: entry, aside: claim.aside),
                evenWhileWritten: evenWhileWritten)
            if !isTaken { discardNest(of: claim, of: publisher) }
            return isTaken
        } catch {
            discardNest(of: claim, of: publisher)
            throw error
        }
    }

    /// Gives a file back to its publisher's directory under its own name.
    ///
    /// False when that is not possible: the name is taken again, or the directory is on another mount.
    func giveBack(_ claim: Claim, of publisher: Publisher, to target: Directory) -> Bool {
        guard let (directory, entry) = try? place(of: claim, of: publisher, making: false),
            (try? directory.move(entry, to: target, as: claim.name)) != nil
        else { return false }
        discardNest(of: claim, of: publisher)
        return true
    }

    /// Opens a claimed file for reading.
    func open(_ claim: Claim, of publisher: Publisher) throws(Errno) -> OwnedDescriptor {
        let (directory, entry) = try place(of: claim, of: publisher, making: false)
        return try directory.openForReading(entry)
    }

    /// What a claim is, without opening it.
    func status(of claim: Claim, of publisher: Publisher) throws(Errno) -> FileStatus? {
        let (directory, entry) = try place(of: claim, of: publisher, making: false)
        return try directory.status(of: entry)
    }

    /// Removes a claimed file.
    ///
    /// Only the proof that nothing of it is owed to anybody lets it go.
    ///
    /// - Throws: what the kernel said; the claim is still there then, and would be delivered again after a restart.
    func remove(_ claim: Claim, of publisher: Publisher, because _: Settlement) throws(Errno) {
        let (directory, entry) = try place(of: claim, of: publisher, making: false)
        try directory.removeFile(entry)
        discardNest(of: claim, of: publisher)
    }

    /// Moves a claimed file out of the spool's care, never over another file.
    ///
    /// Only the proof that nothing of it is owed to anybody lets it go.
    ///
    /// - Throws: what the kernel said; the claim is still there then.
    func move(
        _ claim: Claim, of publisher: Publisher, to target: Directory, as name: FileName, because _: Settlement
    ) throws(Errno) {
        let (directory, entry) = try place(of: claim, of: publisher, making: false)
        try directory.move(entry, to: target, as: name)
        discardNest(of: claim, of: publisher)
    }

    /// The publishers that have a directory in the spool.
    func publishers() throws(Errno) -> [Publisher] {
        var publishers: [Publisher] = [.agent]
        try extensions.forEachEntry { entry throws(Errno) in
            if entry.kind == .directory || entry.kind == nil { publishers.append(.handler(entry.name)) }
        }
        return publishers
    }

    /// Tells each claim of a publisher, and the entries that are none.
    func forEachClaim(
        of publisher: Publisher, _ body: (Claim) -> Void, stranger: (FileName) -> Void
    ) throws(Errno) {
        let directory = try self.directory(of: publisher, making: false)
        try directory.forEachEntry { entry throws(Errno) in
            guard let (id, name) = Claim.parse(entry: entry.name) else { return stranger(entry.name) }
            numbering.skip(past: id)
            if !name.isEmpty {
                body(Claim(id: id, name: FileName(name)))
            } else if let nested = try nestedName(in: entry.name, of: directory) {
                body(Claim(id: id, name: nested))
            }
        }
    }

    /// Removes a handler's directory, unless something lies in it; the next claim makes it anew.
    func removeEmptyDirectory(of handler: FileName) {
        forgetDirectory(of: .handler(handler))
        // What holds something, or is no directory, stays.
        _ = try? extensions.removeDirectory(handler)
    }

    /// An id that no claim bears, for what comes from no file.
    func newID(at now: UInt64) -> ClaimID {
        numbering.next(at: now)
    }

    /// Takes note of a claim id that was given out before.
    func skip(past id: ClaimID) {
        numbering.skip(past: id)
    }

    /// Forgets what is known of the directories of handlers that are gone.
    func forgetHandlers(but present: Set<FileName>) {
        onOtherMounts = onOtherMounts.filter { publisher in
            if case .handler(let name) = publisher { present.contains(name) } else { true }
        }
    }

    /// Forgets the open directory of a publisher, for instance when it cannot be used any more.
    func forgetDirectory(of publisher: Publisher) {
        directories[publisher] = nil
    }

    private func directory(of publisher: Publisher, making: Bool) throws(Errno) -> Directory {
        if let known = directories[publisher] { return known }
        let opened: Directory
        switch publisher {
        case .agent:
            opened = try Directory(named: "agent", in: root)
        case .handler(let name):
            if making { try extensions.makeDirectory(name) }
            opened = try Directory(named: name, in: extensions)
        }
        directories[publisher] = opened
        return opened
    }

    /// The directory and the name under which a claim lies.
    private func place(
        of claim: Claim, of publisher: Publisher, making: Bool
    ) throws(Errno) -> (Directory, FileName) {
        let directory = try directory(of: publisher, making: making)
        guard claim.isNested else { return (directory, claim.entry) }
        if making { try directory.makeDirectory(claim.entry) }
        return (try Directory(named: claim.entry, in: directory), claim.name)
    }

    /// Removes the directory of a claim with a long name, once the file has left it.
    private func discardNest(of claim: Claim, of publisher: Publisher) {
        guard claim.isNested, let directory = try? directory(of: publisher, making: false) else { return }
        // An empty directory that stays is removed when the spool is read again.
        _ = try? directory.removeDirectory(claim.entry)
    }

    /// The name of the one file in the directory of a claim; nil, and the directory removed, when it holds none.
    private func nestedName(in entry: FileName, of directory: Directory) throws(Errno) -> FileName? {
        let nest: Directory
        do {
            nest = try Directory(named: entry, in: directory)
        } catch Errno.notDirectory {
            return nil
        }
        if let file = try nest.entries().next().first { return file.name }
        try directory.removeDirectory(entry)
        return nil
    }

    private static func removeUnfinishedCopies(in copying: Directory) throws(Errno) {
        try copying.forEachEntry { entry throws(Errno) in try copying.removeFile(entry.name) }
    }
}
