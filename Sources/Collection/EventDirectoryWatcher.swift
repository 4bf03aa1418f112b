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
    private var scans = DirectoryScans()
    /// What could not be examined for a reason that passes, to be tried again with the next polling.
    private var postponed: Set<Agenda.Task> = []
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
        scans.contains(publisher)
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
        agenda.add(publisher.task)
    }

    /// The publisher's directory; nil when it is not there now.
    ///
    /// - Throws: what the kernel said when it cannot tell, as when no descriptor is left.
    func directory(of publisher: Publisher) throws(Errno) -> Directory? {
        if let known = directories[publisher] { return known }
        do throws(Errno) {
            switch publisher {
            case .agent:
                // Never kept: nothing above it is watched that would tell of its removal while it is held.
                guard let path = roots.agentEvents else { return nil }
                return try Directory(at: path)
            case .handler(let name):
                guard let root = try heldLogRoot() else { return nil }
                let opened = try Directory(named: Self.events, in: try Directory(named: name, in: root))
                directories[publisher] = opened
                return opened
            }
        } catch {
            guard error.saysThereIsNone else { throw error }
            return nil
        }
    }

    /// The directory of a handler that event files are written into.
    private static let events: FileName = "events"

    /// The log root, as it was examined; nil while it is missing, or when another directory took its place.
    private func heldLogRoot() throws(Errno) -> Directory? {
        if let logRoot { return logRoot }
        guard let logRootIdentity, let path = roots.extensionLog else { return nil }
        let opened: Directory?
        do {
            opened = try Directory(at: path)
        } catch let error where error.saysThereIsNone {
            opened = nil
        }
        guard let opened, Identity(opened) == logRootIdentity else {
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
            if name == Self.events { agenda.add(.handler(handler)) }
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
            if name == Self.events { agenda.add(.handler(handler)) }
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
            if !scans.isCrowded, let task = agenda.next() {
                switch task {
                case .root(.extensionLog): examineLogRoot(now: now)
                case .root(.agentEvents): examineAgentEvents(now: now, tell)
                case .handler(let name): examine(name, now: now, tell)
                }
            } else if !scans.isCrowded, rootListing != nil {
                listHandlers(now: now)
            } else if let scan = scans.next() {
                continueScan(scan, now: now, tell)
            } else {
                break
            }
        }
        if !hasWork { logRoot = nil }
        schedulePolling(now: now)
    }

    private func examineLogRoot(now: UInt64) {
        guard let path = roots.extensionLog else { return }
        let opened: Directory?
        do {
            opened = try open(path, .extensionLog, now: now)
        } catch {
            return postpone(.root(.extensionLog), error, opening: path.string, now: now)
        }
        guard let found = opened else { return forgetLogRoot() }
        let identity = Identity(found)
        if let logRootIdentity, identity != logRootIdentity { forgetLogRoot() }
        logRootIdentity = identity
        logRoot = found
        watch(found, as: .logRoot, now: now)
        rootListing = try? found.entries()
    }

    private func examineAgentEvents(now: UInt64, _ tell: (Finding) -> Void) {
        guard let path = roots.agentEvents else { return }
        do {
            if let found = try open(path, .agentEvents, now: now) {
                begin(with: found, of: .agent, now: now, tell)
            } else {
                table.unwatch(.events(.agent))
                scans.remove(.agent)
            }
        } catch {
            postpone(.root(.agentEvents), error, opening: path.string, now: now)
        }
    }

    /// Opens a root; while it is missing, the nearest directory above it is watched instead.
    private func open(_ path: FilePath, _ root: Root, now: UInt64) throws(Errno) -> Directory? {
        while true {
            do {
                let found = try Directory(at: path)
                table.unwatch(.above(root))
                return found
            } catch Errno.noSuchFileOrDirectory {
                if try watchAbove(path, root, now: now) == .stillMissing { return nil }
            }
        }
    }

    /// What became of a missing root while a directory above it was found and watched.
    private enum MissingRoot {
        case stillMissing
        /// The next part of its path is there now.
        case nearer
    }

    /// Watches the nearest existing directory above a missing root.
    private func watchAbove(_ path: FilePath, _ root: Root, now: UInt64) throws(Errno) -> MissingRoot {
        var missing = path
        while true {
            let parent = missing.removingLastComponent()
            guard parent != missing else { return .stillMissing }
            let above = parent.isEmpty ? "." : parent
            do {
                let directory = try Directory(at: above)
                watch(directory, as: .above(root), now: now)
                return (try? Directory(at: missing)) == nil ? .stillMissing : .nearer
            } catch Errno.noSuchFileOrDirectory {
                missing = parent
            }
        }
    }

    private func listHandlers(now: UInt64) {
        let entries: [DirectoryEntries.Entry]
        do {
            entries = try rootListing?.next() ?? []
        } catch {
            rootListing = nil
            return postpone(.root(.extensionLog), error, opening: "the log root", now: now)
        }
        if entries.isEmpty { rootListing = nil }
        for entry in entries where Publisher.isHandlerName(entry.name) {
            switch entry.kind {
            case .directory, nil: agenda.add(.handler(entry.name))
            case .symbolicLink: refuseLink(entry.name, now: now)
            default: break
            }
        }
    }

    private func examine(_ handler: FileName, now: UInt64, _ tell: (Finding) -> Void) {
        do {
            guard let logRoot = try heldLogRoot() else { return }
            let directory: Directory
            do {
                directory = try Directory(named: handler, in: logRoot)
            } catch let error where error.saysThereIsNone {
                forget(handler)
                if try logRoot.status(of: handler)?.kind == .symbolicLink { refuseLink(handler, now: now) }
                return
            }
            handlers.insert(handler)
            watch(directory, as: .handler(handler), now: now)
            try examineEvents(of: handler, in: directory, now: now, tell)
        } catch {
            postpone(.handler(handler), error, opening: "the directory of \(handler)", now: now)
        }
    }

    private func examineEvents(
        of handler: FileName, in directory: Directory, now: UInt64, _ tell: (Finding) -> Void
    ) throws(Errno) {
        let publisher = Publisher.handler(handler)
        let events: Directory
        do {
            events = try Directory(named: Self.events, in: directory)
        } catch let error where error.saysThereIsNone {
            table.unwatch(.events(publisher))
            directories[publisher] = nil
            scans.remove(publisher)
            if error != .noSuchFileOrDirectory { refuseEvents(of: handler, now: now) }
            return
        }
        begin(with: events, of: publisher, now: now, tell)
    }

    /// Watches a publisher's directory, then scans it: in this order nothing falls between.
    private func begin(with directory: Directory, of publisher: Publisher, now: UInt64, _ tell: (Finding) -> Void) {
        watch(directory, as: .events(publisher), now: now)
        if publisher != .agent { directories[publisher] = directory }
        scans.remove(publisher)
        do {
            let entries = try directory.entries()
            continueScan(.init(publisher: publisher, directory: directory, entries: entries), now: now, tell)
        } catch {
            postpone(publisher.task, error, opening: "the events directory of \(publisher)", now: now)
        }
    }

    private func continueScan(_ scan: DirectoryScans.Scan, now: UInt64, _ tell: (Finding) -> Void) {
        do {
            while true {
                let next = try scan.entries.next()
                for entry in next { tell(.found(entry, scan.publisher, scan.directory)) }
                foundInTurn += next.count
                if next.isEmpty { return }
                // A small directory is finished at once.
                if foundInTurn >= Self.stepsPerTurn { break }
            }
            scans.add(scan)
        } catch Errno.noSuchFileOrDirectory {
            // The directory was removed while it was read.
        } catch {
            postpone(scan.publisher.task, error, opening: "the events directory of \(scan.publisher)", now: now)
        }
    }

    private func forget(_ handler: FileName) {
        handlers.remove(handler)
        let publisher = Publisher.handler(handler)
        table.unwatch(.handler(handler))
        table.unwatch(.events(publisher))
        directories[publisher] = nil
        scans.remove(publisher)
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
        for task in postponed { agenda.add(task) }
        postponed = []
    }

    private var isPolling = false

    private func schedulePolling(now: UInt64) {
        guard agenda.isEmpty, rootListing == nil else { return }
        let hasPolling = !table.unwatched.isEmpty || !postponed.isEmpty
        if !hasPolling {
            nextPoll = nil
        } else if nextPoll == nil {
            nextPoll = now + Self.pollingInterval
        }
        if table.unwatched.isEmpty {
            if isPolling {
                isPolling = false
                notices.tell(
                    Notice(.watchesRestored, about: "inotify", "Every directory is watched by notification again."),
                    every: Self.noticeInterval, now: now)
            }
            return
        }
        guard !isPolling else { return }
        isPolling = true
        notices.tell(
            Notice(
                .watchesExhausted, about: "inotify",
                "\(table.unwatched.count) directories could get no inotify watch and are polled every "
                    + "\(Self.pollingInterval / 1_000_000_000) s instead. Raise fs.inotify.max_user_watches or "
                    + "fs.inotify.max_user_instances; the watches are tried again by themselves."),
            every: Self.noticeInterval, now: now)
    }

    // MARK: Reporting

    private func refuseEvents(of handler: FileName, now: UInt64) {
        notices.tell(
            Notice(
                .notARegularFile, about: handler.description,
                "events of \(handler) is no directory but a file or a link, which is not followed."),
            every: .max, now: now)
    }

    private func refuseLink(_ handler: FileName, now: UInt64) {
        notices.tell(
            Notice(
                .notARegularFile, about: handler.description,
                "\(handler) in the log directory is a symbolic link, which is not followed."),
            every: .max, now: now)
    }

    /// Leaves what is known as it is, and looks again soon.
    private func postpone(_ task: Agenda.Task, _ error: Errno, opening what: String, now: UInt64) {
        postponed.insert(task)
        report(error, opening: what, now: now)
    }

    private func report(_ error: Errno, opening what: String, now: UInt64) {
        notices.tell(
            Notice(
                .watchTrouble, about: what,
                "Opening \(what) failed: \(error). It is tried again every "
                    + "\(Self.pollingInterval / 1_000_000_000) s."),
            every: Self.noticeInterval, now: now)
    }
}

extension Errno {
    /// Whether the kernel said that no directory of this name is there, and not that it cannot be opened just now.
    fileprivate var saysThereIsNone: Bool {
        self == .noSuchFileOrDirectory || self == .notDirectory || self == .tooManySymbolicLinkLevels
    }
}

extension Publisher {
    /// What examines the publisher's directory.
    fileprivate var task: Agenda.Task {
        switch self {
        case .agent: .root(.agentEvents)
        case .handler(let name): .handler(name)
        }
    }
}
