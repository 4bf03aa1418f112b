internal import Delivery
internal import SystemCalls
package import SystemPackage
internal import TelemetryEvents

/// The directory of claimed files: what lies here is not acknowledged yet, and what was acknowledged does not.
///
///     <spool>/lock                    held by the one process that works here
///     <spool>/admissions              what the rate limiter decided (see AdmissionLedger)
///     <spool>/progress                how far sinks came with claims when the last process stopped (see DeliveryProgress)
///     <spool>/agent/                  claims of the VM agent's files
///     <spool>/extensions/<handler>/   claims of an extension's files
///     <spool>/owed/<sink>+<sink>/…    the same two, of claims that are owed to these sinks alone
///     <spool>/rejected/               what was rejected (see RejectedStore)
///     <spool>/copying/                copies that are not complete yet, from directories on another mount
package final class Spool {
    /// What the spool holds; each must be writable by whoever works in it.
    static let entries: [FileName] = [
        "lock", "admissions", DeliveryProgress.file, "agent", "extensions", "owed", "copying", RejectedStore.directory,
    ]

    let root: Directory
    package let path: FilePath
    /// What the claims take.
    private(set) var use = SpoolUse()
    let copying: Directory
    private let lock: SpoolLock
    private var numbering = ClaimNumbering(after: nil)
    private var directories = DirectoryCache<Place>()
    /// The sinks that shelves are named after: those that are configured, and behind them others to which something is owed.
    private var sinkNames: [String]
    /// Publishers whose directory is on another mount, so that the rename is not tried in vain for every file.
    var onOtherMounts: Set<Publisher> = []

    /// Where claims of one publisher lie together.
    private struct Place: Hashable {
        let publisher: Publisher
        let shelf: Shelf
    }

    /// Opens the spool, making what is missing, and locks it for this process.
    ///
    /// - Parameters:
    ///   - path: of the spool.
    ///   - purpose: tells a second process what this one is doing.
    ///   - sinks: the names of the sinks that are configured, in their order; none holds `+` or `/`.
    /// - Throws: who holds the spool, or what cannot be opened.
    package init(at path: FilePath, purpose: String, sinks: [String]) throws(SpoolError) {
        self.path = path
        sinkNames = sinks
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
            copying = try Directory(named: "copying", in: root)
            try Spool.removeUnfinishedCopies(in: copying)
        } catch {
            throw SpoolError(.cannotOpen, path: path, underlying: error)
        }
    }

    /// Takes a file from its publisher's directory into the spool.
    ///
    /// `size` is what the file has now, in bytes, where that is known. `isUnread` is asked, while nobody else can open the file,
    /// whether nobody is known to have read it lately.
    ///
    /// - Throws: what the kernel said; the file is where it was then. `resourceTemporarilyUnavailable`: it would have to be
    ///   copied, and somebody is at it.
    func claim(
        _ name: FileName, of publisher: Publisher, from source: Directory, if condition: ClaimCondition = .notKnownUsed,
        size: Int? = nil, at now: UInt64, isUnread: () -> Bool = { true }
    ) throws(Errno) -> ClaimAttempt {
        let claim = Claim(id: numbering.next(at: now), name: name, size: size)
        let attempt: ClaimAttempt
        do {
            attempt = try take(claim, of: publisher, from: source, condition, isUnread: isUnread)
        } catch Errno.noSuchFileOrDirectory {
            guard try source.status(of: name) != nil else { return .gone }
            // The directory that we keep open was removed from the spool.
            forgetDirectory(of: publisher, on: claim.shelf)
            attempt = try take(claim, of: publisher, from: source, condition, isUnread: isUnread)
        }
        if case .claimed(let claim) = attempt { use.add(claim, of: publisher) }
        return attempt
    }

    /// Gives a file back to its publisher's directory under its own name.
    ///
    /// False when that is not possible: the name is taken again, or the directory is on another mount.
    func giveBack(_ claim: Claim, of publisher: Publisher, to target: Directory) -> Bool {
        guard let (directory, entry) = try? place(of: claim, of: publisher, making: false),
            (try? directory.move(entry, to: target, as: claim.name)) != nil
        else { return false }
        discardNest(of: claim, of: publisher)
        use.remove(claim, of: publisher)
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
        do throws(Errno) {
            let (directory, entry) = try place(of: claim, of: publisher, making: false)
            try directory.removeFile(entry)
        } catch {
            if error == .noSuchFileOrDirectory { use.remove(claim, of: publisher) }
            throw error
        }
        discardNest(of: claim, of: publisher)
        use.remove(claim, of: publisher)
    }

    /// Puts a claim on another shelf of the same spool.
    ///
    /// - Throws: what the kernel said; the claim is where it was then.
    func move(_ claim: Claim, of publisher: Publisher, to shelf: Shelf) throws(Errno) -> Claim {
        let moved = claim.moved(to: shelf)
        let (source, entry) = try place(of: claim, of: publisher, making: false)
        do {
            let (target, newEntry) = try place(of: moved, of: publisher, making: true)
            try source.move(entry, to: target, as: newEntry)
        } catch Errno.noSuchFileOrDirectory {
            guard try source.status(of: entry) != nil else { throw .noSuchFileOrDirectory }
            // The directory that we keep open was removed from the spool.
            forgetDirectory(of: publisher, on: shelf)
            let (target, newEntry) = try place(of: moved, of: publisher, making: true)
            try source.move(entry, to: target, as: newEntry)
        }
        discardNest(of: claim, of: publisher)
        return moved
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
        use.remove(claim, of: publisher)
    }

    /// Takes note that somebody else took a claim away.
    func countGone(_ claim: Claim, of publisher: Publisher) {
        use.remove(claim, of: publisher)
    }

    /// Takes note of a claim that an earlier process left.
    func takeStock(of claim: Claim, of publisher: Publisher) {
        numbering.skip(past: claim.id)
        use.add(claim, of: publisher)
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

    /// Takes note that no claim of the publisher is older than `instant`, in nanoseconds since 1970.
    func setOldest(_ instant: UInt64, of publisher: Publisher) {
        use.setOldest(instant, of: publisher)
    }

    /// Forgets the open directory of a publisher, for instance when it cannot be used any more.
    func forgetDirectory(of publisher: Publisher, on shelf: Shelf) {
        directories[Place(publisher: publisher, shelf: shelf)] = nil
    }

    func directory(
        of publisher: Publisher, on shelf: Shelf, making: Bool
    ) throws(Errno) -> Directory {
        let place = Place(publisher: publisher, shelf: shelf)
        if let known = directories[place] { return known }
        let parent = try self.parent(on: shelf, making: making)
        let opened: Directory
        switch publisher {
        case .agent:
            if making { try parent.makeDirectory("agent") }
            opened = try Directory(named: "agent", in: parent)
        case .handler(let name):
            if making { try parent.makeDirectory("extensions") }
            let extensions = try Directory(named: "extensions", in: parent)
            if making { try extensions.makeDirectory(name) }
            opened = try Directory(named: name, in: extensions)
        }
        directories[place] = opened
        return opened
    }

    /// The directory that holds a shelf's `agent` and `extensions`.
    func parent(on shelf: Shelf, making: Bool) throws(Errno) -> Directory {
        guard case .owed(let sinks) = shelf else { return root }
        if making { try root.makeDirectory("owed") }
        let owed = try Directory(named: "owed", in: root)
        let name = directoryName(of: sinks)
        if making { try owed.makeDirectory(name) }
        return try Directory(named: name, in: owed)
    }

    /// `<sink>+<sink>`, sorted, so that another order of configuration finds the same directory.
    func directoryName(of sinks: SinkSet) -> FileName {
        FileName(names(of: sinks).sorted().joined(separator: "+").utf8)
    }

    func names(of sinks: SinkSet) -> [String] { sinks.places.map { sinkNames[$0] } }

    /// The place of a sink's name, which need not be configured; nil when there are more names than a set holds.
    func place(ofSink name: String) -> Int? {
        if let known = sinkNames.firstIndex(of: name) { return known }
        guard sinkNames.count < SinkSet.capacity else { return nil }
        sinkNames.append(name)
        return sinkNames.count - 1
    }

    /// The sinks that a shelf's directory is named after; nil for what is no such name.
    func sinks(named name: FileName) -> SinkSet? {
        let names = name.description.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        guard names == names.sorted(), !names.contains(""), Set(names).count == names.count else { return nil }
        var sinks: SinkSet = []
        for name in names {
            guard let place = place(ofSink: name) else { return nil }
            sinks.insert(SinkSet(place: place))
        }
        return sinks
    }

    /// The directory and the name under which a claim lies.
    func place(
        of claim: Claim, of publisher: Publisher, making: Bool
    ) throws(Errno) -> (Directory, FileName) {
        let directory = try directory(of: publisher, on: claim.shelf, making: making)
        guard claim.isNested else { return (directory, claim.entry) }
        if making { try directory.makeDirectory(claim.entry) }
        return (try Directory(named: claim.entry, in: directory), claim.name)
    }

    /// Removes the directory of a claim with a long name, once the file has left it.
    func discardNest(of claim: Claim, of publisher: Publisher) {
        guard claim.isNested, let directory = try? directory(of: publisher, on: claim.shelf, making: false) else {
            return
        }
        // An empty directory that stays is removed when the spool is read again.
        _ = try? directory.removeDirectory(claim.entry)
    }

    private static func removeUnfinishedCopies(in copying: Directory) throws(Errno) {
        try copying.forEachEntry { entry throws(Errno) in try copying.removeFile(entry.name) }
    }
}
