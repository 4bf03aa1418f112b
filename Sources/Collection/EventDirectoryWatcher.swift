internal import Inotify
internal import Reporting
internal import SystemCalls
internal import SystemPackage

/// Finds event files: watches the roots, the handlers' directories and their `events`, scans what it begins to watch,
/// and looks again whenever a notification may have been missed.
///
/// A notification is a hint; the directory is the truth. Work that grows with what publishers do (scans, new handlers) is done in
/// pieces, so that it delays nobody.
final class EventDirectoryWatcher {
    typealias Place = WatchTable.Place
    typealias Root = WatchTable.Root

    /// Where publishers write; nil: not collected.
    struct Roots: Sendable {
        var extensionLog: FilePath?
        var agentEvents: FilePath?
    }

    /// What was found in a publisher's directory.
    enum Finding {
        /// A file was closed after writing, or moved in: it is complete.
        case completed(FileName, Publisher)
        /// An entry was made: a link to a file, or a file that is still being written.
        case appeared(FileName, Publisher)
        /// A scan met an entry; it may still be open in its writer.
        case found(DirectoryEntries.Entry, Publisher, Directory)
    }

    /// How often directories without a watch are looked at, in nanoseconds.
    static let pollingInterval: UInt64 = 2_000_000_000
    /// Handlers examined, and entries found, before others get their turn.
    private static let stepsPerTurn = 64
    /// Scans under way together, each of which holds a descriptor; directories beyond wait for their turn.
    private static let scansAtOnce = 64

    private let roots: Roots
    private let notices: NoticeLog
    private var table = WatchTable()
    /// Held while there is work only: the kernel tells of a directory's removal when nobody holds it any more.
    private var logRoot: Directory?
    /// Which directory the log root is; nil while it is missing.
    private var logRootIdentity: Identity?
    private var directories = DirectoryCache<Publisher>()
    private(set) var handlers: Set<FileName> = []

    private var agenda = Agenda()
    private var rootListing: DirectoryEntries?
    private var scans: [(publisher: Publisher, directory: Directory, entries: DirectoryEntries)] = []
    private var nextPoll: UInt64?
    private var foundInTurn = 0

    /// What tells one directory from another that took its place.
    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64

        init?(_ directory: Directory) {
            guard let status = try? directory.status() else { return nil }
            device = status.device
            inode = status.inode
        }
    }

    init(roots: Roots, notices: NoticeLog) {
        self.roots = roots
        self.notices = notices
    }

    /// The descriptor to wait on; nil while the kernel has no instance for us.
    var descriptor: CInt? { table.descriptor }

    var watchedCount: Int { table.watchedCount }

    /// Directories that are polled for want of a watch.
    var polledCount: Int { table.unwatched.count }

    /// Whether examinations or scans are under way.
    var hasWork: Bool { !agenda.isEmpty || rootListing != nil || !scans.isEmpty }

    /// Whether a scan of the publisher's directory is under way.
    func isScanning(_ publisher: Publisher) -> Bool {
        !scans.isEmpty && scans.contains { $0.publisher == publisher }
    }

    /// When directories without a watch are to be looked at, in nanoseconds since boot.
    var nextDue: UInt64? { nextPoll }

    /// Looks at everything again: at the start, after an overflow, and every now and then for what no notification
    /// brought.
    func rescan() {
        if roots.extensionLog != nil { agenda.add(.root(.extensionLog)) }
        if roots.agentEvents != nil { agenda.add(.root(.agentEvents)) }
        for handler in handlers { agenda.add(.handler(handler)) }
    }

    /// Looks at one publisher's directory again.
    func rescan(_ publisher: Publisher) {
        switch publisher {
        case .agent: agenda.add(.root(.agentEvents))
        case .handler(let name): agenda.add(.handler(name))
        }
    }

    /// The publisher's directory; nil when it is not there now.
    func directory(of publisher: Publisher) -> Directory? {
        if let known = directories[publisher] { return known }
        switch publisher {
        case .agent:
            // Never kept: nothing above it is watched that would tell of its removal while it is held.
            return roots.agentEvents.flatMap { try? Directory(at: $0) }
        case .handler(let name):
            let opened = heldLogRoot().flatMap { try? Directory(named: name, in: $0) }
                .flatMap { try? Directory(named: "events", in: $0) }
            directories[publisher] = opened
            return opened
        }
    }

    /// The log root, as it was examined; nil while it is missing, or when another directory took its place.
    private func heldLogRoot() -> Directory? {
        if let logRoot { return logRoot }
        guard let logRootIdentity, let path = roots.extensionLog else { return nil }
        guard let opened = try? Directory(at: path), Identity(opened) == logRootIdentity else {
            agenda.add(.root(.extensionLog))
            return nil
        }
        // Kept for the work at hand only, which may be none here.
        if hasWork { logRoot = opened }
        return opened
    }

    /// Reads the notifications that wait.
    func readNotifications(now: UInt64, tell: (Finding) -> Void) {
        var overflowed = false
        do {
            _ = try table.read { record in
                switch record {
                case .queueOverflowed: overflowed = true
                case .event(let event): notifications.append(event)
                }
            }
        } catch {
            notices.tell(
                Notice(
                    .watchTrouble, about: "inotify", "Notifications could not be read: \(error). Scanning everything."),
                every: Self.noticeInterval, now: now)
            overflowed = true
        }
        for event in notifications { take(event, tell) }
        notifications.removeAll(keepingCapacity: true)
        if overflowed {
            notices.tell(
                Notice(
                    .rescanned, about: "inotify",
                    "The kernel's queue of notifications was full, so every directory is scanned; "
                        + "nothing is lost. If this repeats, raise fs.inotify.max_queued_events."),
                every: Self.noticeInterval, now: now)
            rescan()
        }
    }

    /// Kept so that its memory is used again.
    private var notifications: [InotifyEvent] = []
    private static let noticeInterval: UInt64 = 60_000_000_000

    private func take(_ event: InotifyEvent, _ tell: (Finding) -> Void) {
        switch event.kind {
        case .ignored, .unmounted, .selfRemoved:
            for place in table.lose(event.watch) { lookAgain(at: place) }
        case .selfMoved:
            for place in table.places(of: event.watch) {
                table.unwatch(place)
                lookAgain(at: place)
            }
        case .closedAfterWriting(let name):
            for case .events(let publisher) in table.places(of: event.watch) {
                tell(.completed(name, publisher))
            }
        case .created(let name), .movedIn(let name):
            for place in table.places(of: event.watch) { entered(name, place, event, tell) }
        case .movedOut(let name), .removed(let name):
            for place in table.places(of: event.watch) { left(name, place) }
        }
    }

    private func entered(_ name: FileName, _ place: Place, _ event: InotifyEvent, _ tell: (Finding) -> Void) {
        switch place {
        case .above(let root): agenda.add(.root(root))
        case .logRoot:
            if Publisher.isHandlerName(name) { agenda.add(.handler(name)) }
        case .handler(let handler):
            if name == "events" { agenda.add(.handler(handler)) }
        case .events(let publisher):
            if case .movedIn = event.kind, !event.isDirectory {
                tell(.completed(name, publisher))
            } else {
                tell(.appeared(name, publisher))
            }
        }
    }

    private func left(_ name: FileName, _ place: Place) {
        switch place {
        case .logRoot:
            guard handlers.contains(name) else { return }
            forget(name)
            agenda.add(.handler(name))
        case .handler(let handler):
            if name == "events" { agenda.add(.handler(handler)) }
        case .above, .events: break
        }
    }

    private func lookAgain(at place: Place) {
        switch place {
        case .above(let root): agenda.add(.root(root))
        case .logRoot: agenda.add(.root(.extensionLog))
        case .handler(let name): agenda.add(.handler(name))
        case .events(let publisher):
            directories[publisher] = nil
            rescan(publisher)
        }
    }

    // MARK: Examining

    /// Does a bounded part of what is to be examined and scanned.
    func work(now: UInt64, tell: (Finding) -> Void) {
        foundInTurn = 0
        for _ in 0..<Self.stepsPerTurn where foundInTurn < Self.stepsPerTurn {
            let mayBegin = scans.count < Self.scansAtOnce
            if mayBegin, let task = agenda.next() {
                switch task {
                case .root(.extensionLog): examineLogRoot(now: now)
                case .root(.agentEvents): examineAgentEvents(now: now, tell)
                case .handler(let name): examine(name, now: now, tell)
                }
            } else if mayBegin, rootListing != nil {
                listHandlers(now: now)
            } else if !scans.isEmpty {
                let scan = scans.removeFirst()
                continueScan(scan.publisher, scan.directory, scan.entries, now: now, tell)
            } else {
                break
            }
        }
        if !hasWork { logRoot = nil }
        schedulePolling(now: now)
    }

    private func examineLogRoot(now: UInt64) {
        guard let path = roots.extensionLog else { return }
        guard let found = open(path, .extensionLog, now: now) else {
            forgetLogRoot()
            return
        }
        let identity = Identity(found)
        if let logRootIdentity, identity != logRootIdentity { forgetLogRoot() }
        logRootIdentity = identity
        logRoot = found
        watch(found, as: .logRoot, now: now)
        rootListing = try? found.entries()
    }

    private func examineAgentEvents(now: UInt64, _ tell: (Finding) -> Void) {
        guard let path = roots.agentEvents else { return }
        guard let found = open(path, .agentEvents, now: now) else {
            table.unwatch(.events(.agent))
            return
        }
        begin(with: found, of: .agent, now: now, tell)
    }

    /// Opens a root; while it is missing, the nearest directory above it is watched instead.
    private func open(_ path: FilePath, _ root: Root, now: UInt64) -> Directory? {
        while true {
            do {
                let found = try Directory(at: path)
                table.unwatch(.above(root))
                return found
            } catch Errno.noSuchFileOrDirectory {
                guard let isStillMissing = watchAbove(path, root, now: now) else { return nil }
                if isStillMissing { return nil }
            } catch {
                report(error, opening: path.string, now: now)
                _ = watchAbove(path, root, now: now)
                return nil
            }
        }
    }

    /// Watches the nearest existing directory above a missing root.
    ///
    /// False when the next part of the path appeared meanwhile; nil when nothing above can be opened.
    private func watchAbove(_ path: FilePath, _ root: Root, now: UInt64) -> Bool? {
        var missing = path
        while true {
            let parent = missing.removingLastComponent()
            guard parent != missing else { return nil }
            let above = parent.isEmpty ? "." : parent
            do {
                let directory = try Directory(at: above)
                watch(directory, as: .above(root), now: now)
                return (try? Directory(at: missing)) == nil
            } catch Errno.noSuchFileOrDirectory {
                missing = parent
            } catch {
                report(error, opening: above.string, now: now)
                return nil
            }
        }
    }

    private func listHandlers(now: UInt64) {
        guard let entries = try? rootListing?.next(), !entries.isEmpty else {
            rootListing = nil
            return
        }
        for entry in entries where Publisher.isHandlerName(entry.name) {
            switch entry.kind {
            case .directory, nil: agenda.add(.handler(entry.name))
            case .symbolicLink: refuseLink(entry.name, now: now)
            default: break
            }
        }
    }

    private func examine(_ handler: FileName, now: UInt64, _ tell: (Finding) -> Void) {
        guard let logRoot = heldLogRoot() else { return }
        let publisher = Publisher.handler(handler)
        do {
            let directory = try Directory(named: handler, in: logRoot)
            handlers.insert(handler)
            watch(directory, as: .handler(handler), now: now)
            do {
                let events = try Directory(named: "events", in: directory)
                begin(with: events, of: publisher, now: now, tell)
            } catch Errno.noSuchFileOrDirectory {
                table.unwatch(.events(publisher))
                directories[publisher] = nil
            } catch {
                table.unwatch(.events(publisher))
                directories[publisher] = nil
                refuse("events", of: handler, error, now: now)
            }
        } catch Errno.noSuchFileOrDirectory {
            forget(handler)
        } catch Errno.notDirectory {
            forget(handler)
            if (try? logRoot.status(of: handler))?.kind == .symbolicLink { refuseLink(handler, now: now) }
        } catch {
            refuse("the directory", of: handler, error, now: now)
        }
    }

    /// Watches a publisher's directory, then scans it: in this order nothing falls between.
    private func begin(with directory: Directory, of publisher: Publisher, now: UInt64, _ tell: (Finding) -> Void) {
        watch(directory, as: .events(publisher), now: now)
        if publisher != .agent { directories[publisher] = directory }
        guard let entries = try? directory.entries() else { return }
        scans.removeAll { $0.publisher == publisher }
        continueScan(publisher, directory, entries, now: now, tell)
    }

    private func continueScan(
        _ publisher: Publisher, _ directory: Directory, _ entries: DirectoryEntries, now: UInt64,
        _ tell: (Finding) -> Void
    ) {
        do {
            while true {
                let next = try entries.next()
                for entry in next { tell(.found(entry, publisher, directory)) }
                foundInTurn += next.count
                if next.isEmpty { return }
                // A small directory is finished at once.
                if foundInTurn >= Self.stepsPerTurn { break }
            }
            scans.append((publisher, directory, entries))
        } catch Errno.noSuchFileOrDirectory {
            // The directory was removed while it was read.
        } catch {
            report(error, opening: "the events directory of \(publisher)", now: now)
        }
    }

    private func forget(_ handler: FileName) {
        handlers.remove(handler)
        let publisher = Publisher.handler(handler)
        table.unwatch(.handler(handler))
        table.unwatch(.events(publisher))
        directories[publisher] = nil
        scans.removeAll { $0.publisher == publisher }
    }

    private func forgetLogRoot() {
        for handler in handlers { forget(handler) }
        table.unwatch(.logRoot)
        rootListing = nil
        logRoot = nil
        logRootIdentity = nil
    }

    // MARK: Want of watches

    private func watch(_ directory: Directory, as place: Place, now: UInt64) {
        do {
            try table.watch(directory, as: place)
        } catch {
            report(error, opening: "a watch", now: now)
        }
    }

    /// Looks at the directories without a watch, and tries again to watch them.
    func pollIfDue(now: UInt64) {
        guard let due = nextPoll, due <= now else { return }
        nextPoll = nil
        table.retryRefused()
        for place in table.unwatched { lookAgain(at: place) }
    }

    private var isPolling = false

    private func schedulePolling(now: UInt64) {
        guard agenda.isEmpty, rootListing == nil else { return }
        if table.unwatched.isEmpty {
            nextPoll = nil
            if isPolling {
                isPolling = false
                notices.tell(
                    Notice(.watchesRestored, about: "inotify", "Every directory is watched by notification again."),
                    now: now)
            }
            return
        }
        if nextPoll == nil { nextPoll = now + Self.pollingInterval }
        guard !isPolling else { return }
        isPolling = true
        notices.tell(
            Notice(
                .watchesExhausted, about: "inotify",
                "\(table.unwatched.count) directories could get no inotify watch and are polled every "
                    + "\(Self.pollingInterval / 1_000_000_000) s instead. Raise fs.inotify.max_user_watches or "
                    + "fs.inotify.max_user_instances; the watches are tried again by themselves."),
            now: now)
    }

    // MARK: Reporting

    private func refuse(_ what: String, of handler: FileName, _ error: Errno, now: UInt64) {
        switch error {
        case .notDirectory, .tooManySymbolicLinkLevels:
            notices.tell(
                Notice(
                    .notARegularFile, about: handler.description,
                    "\(what) of \(handler) is no directory but a file or a link, which is not followed."),
                every: .max, now: now)
        default:
            report(error, opening: "\(what) of \(handler)", now: now)
        }
    }

    private func refuseLink(_ handler: FileName, now: UInt64) {
        notices.tell(
            Notice(
                .notARegularFile, about: handler.description,
                "\(handler) in the log directory is a symbolic link, which is not followed."),
            every: .max, now: now)
    }

    private func report(_ error: Errno, opening what: String, now: UInt64) {
        notices.tell(
            Notice(.watchTrouble, about: what, "Opening \(what) failed: \(error). It is tried again at the next scan."),
            every: Self.noticeInterval, now: now)
    }
}
