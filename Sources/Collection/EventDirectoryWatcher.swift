internal import Reporting
internal import SystemCalls
internal import SystemPackage

/// Finds event files: watches the roots, the handlers' directories and their `events`, scans what it begins to watch,
/// and looks again whenever a notification may have been missed.
///
/// A notification is a hint; the directory is the truth. Work that grows with what publishers do (scans, new handlers) is done in
/// pieces, so that it delays nobody.
final class EventDirectoryWatcher {
    /// Where publishers write; nil: not collected.
    struct Roots: Sendable {
        var extensionLog: FilePath?
        var agentEvents: FilePath?
    }

    /// What was found in a publisher's directory.
    enum Finding {
        /// A file was closed after writing: it is complete.
        case written(FileName, Publisher)
        /// A file was moved in: it is complete, and another than was there before.
        case movedIn(FileName, Publisher)
        /// Somebody closed a file that was opened for reading only.
        case read(FileName, Publisher)
        /// An entry was made: a link to a file, or a file that is still being written.
        case appeared(FileName, Publisher)
        /// A scan met an entry; it may still be open in its writer.
        case found(DirectoryEntries.Entry, Publisher, Directory)
    }

    /// Steps of examining and scanning before others get their turn.
    private static let stepsPerTurn = 64

    private let agentEvents: FilePath?
    private let notices: NoticeLog
    private var logRoot: LogRoot
    private var watches: DirectoryWatches
    private var notifications: WatchNotifications
    private var agenda = Agenda()
    private var scans = DirectoryScans()
    private var directories = DirectoryCache<Publisher>()
    private(set) var handlers: Set<FileName> = []
    /// Whether directories of publishers were opened of late; their closing is notified.
    private var hasOpenedDirectories = false

    init(roots: Roots, notices: NoticeLog) {
        agentEvents = roots.agentEvents
        self.notices = notices
        logRoot = LogRoot(at: roots.extensionLog)
        watches = DirectoryWatches(notices: notices)
        notifications = WatchNotifications(notices: notices)
    }

    /// The descriptor to wait on; nil while the kernel has no instance for us.
    var descriptor: CInt? { watches.descriptor }

    var watchedCount: Int { watches.watchedCount }

    /// Directories that are polled for want of a watch.
    var polledCount: Int { watches.polledCount }

    /// Whether examinations or scans are under way.
    var hasWork: Bool { !agenda.isEmpty || logRoot.isListing || !scans.isEmpty }

    /// Whether a scan of the publisher's directory is under way.
    func isScanning(_ publisher: Publisher) -> Bool {
        scans.contains(publisher)
    }

    /// When directories without a watch are to be looked at, in nanoseconds since boot.
    var nextDue: UInt64? { watches.nextPoll }

    /// Looks at everything again: at the start, after an overflow, and every now and then for what no notification
    /// brought.
    func rescan() {
        if logRoot.path != nil { agenda.add(.root(.extensionLog)) }
        if agentEvents != nil { agenda.add(.root(.agentEvents)) }
        for handler in handlers { agenda.add(.handler(handler)) }
    }

    /// Looks at one publisher's directory again.
    func rescan(_ publisher: Publisher) {
        agenda.add(.init(publisher))
    }

    /// The publisher's directory; nil when it is not there now.
    ///
    /// - Throws: what the kernel said when it cannot tell, as when no descriptor is left.
    func directory(of publisher: Publisher) throws(Errno) -> Directory? {
        if let known = directories[publisher] { return known }
        hasOpenedDirectories = true
        do throws(Errno) {
            switch publisher {
            case .agent:
                // Never kept: nothing above it is watched that would tell of its removal while it is held.
                guard let agentEvents else { return nil }
                return try Directory(at: agentEvents)
            case .handler(let name):
                guard let root = try openLogRoot() else { return nil }
                let opened = try Directory(named: Publisher.eventsDirectory, in: try Directory(named: name, in: root))
                directories[publisher] = opened
                return opened
            }
        } catch {
            guard error.saysThereIsNone else { throw error }
            return nil
        }
    }

    /// The log root, as it was examined; nil while it is missing, or when another directory took its place.
    private func openLogRoot() throws(Errno) -> Directory? {
        guard logRoot.isKnown else { return nil }
        // Kept for the work at hand only, which may be none here.
        let isKept = hasWork
        if let opened = try logRoot.directory(keeping: isKept) { return opened }
        agenda.add(.root(.extensionLog))
        return nil
    }

    // MARK: Following notifications

    /// Reads the notifications that wait.
    func readNotifications(now: UInt64, tell: (Finding) -> Void) {
        let answer = notifications.read(from: watches, now: now)
        for event in notifications.events {
            for place in watches.places(toldBy: event) {
                if let hint = WatchHint(event, at: place) { follow(hint, tell) }
            }
        }
        notifications.removeAll()
        if answer == .incomplete { rescan() }
    }

    /// Reads the notifications that closing publishers' directories may have caused, which would wake us for nothing.
    func readOwnNotifications(now: UInt64, tell: (Finding) -> Void) {
        guard hasOpenedDirectories else { return }
        hasOpenedDirectories = false
        readNotifications(now: now, tell: tell)
    }

    private func follow(_ hint: WatchHint, _ tell: (Finding) -> Void) {
        switch hint {
        case .found(let finding): tell(finding)
        case .examine(let task): agenda.add(task)
        case .lost(let place): lookAgain(at: place)
        case .leftLogRoot(let name):
            guard handlers.contains(name) else { return }
            forget(name)
            agenda.add(.handler(name))
        }
    }

    private func lookAgain(at place: WatchTable.Place) {
        if case .events(let publisher) = place { directories[publisher] = nil }
        agenda.add(.init(place))
    }

    /// Looks at the directories without a watch, and tries again to watch them.
    func pollIfDue(now: UInt64) {
        let due = watches.takeDue(at: now)
        for place in due.places { lookAgain(at: place) }
        for task in due.tasks { agenda.add(task) }
    }

    // MARK: Examining

    /// Does a bounded part of what is to be examined and scanned.
    func work(now: UInt64, tell: (Finding) -> Void) {
        scans.beginTurn()
        for _ in 0..<Self.stepsPerTurn where !scans.isTurnOver {
            if !scans.isCrowded, let task = agenda.next() {
                switch task {
                case .root(.extensionLog): examineLogRoot(now: now)
                case .root(.agentEvents): examineAgentEvents(now: now, tell)
                case .handler(let name): examine(name, now: now, tell)
                }
            } else if !scans.isCrowded, logRoot.isListing {
                listHandlers(now: now)
            } else if let scan = scans.next() {
                proceed(with: scan, now: now, tell)
            } else {
                break
            }
        }
        if !hasWork { logRoot.letGo() }
        if agenda.isEmpty, !logRoot.isListing { watches.schedulePolling(now: now) }
    }

    private func examineLogRoot(now: UInt64) {
        guard let path = logRoot.path else { return }
        do {
            guard let found = try watches.open(path, .extensionLog, now: now) else {
                forgetHandlers()
                return logRoot.forget()
            }
            if logRoot.take(found) { forgetHandlers() }
            watches.watch(found, as: .logRoot, now: now)
            logRoot.beginListing()
        } catch {
            watches.postpone(.root(.extensionLog), error, opening: path.string, now: now)
        }
    }

    private func examineAgentEvents(now: UInt64, _ tell: (Finding) -> Void) {
        guard let path = agentEvents else { return }
        do {
            if let found = try watches.open(path, .agentEvents, now: now) {
                scan(found, of: .agent, now: now, tell)
            } else {
                watches.unwatch(.events(.agent))
                scans.remove(.agent)
            }
        } catch {
            watches.postpone(.root(.agentEvents), error, opening: path.string, now: now)
        }
    }

    private func listHandlers(now: UInt64) {
        let entries: [DirectoryEntries.Entry]
        do {
            entries = try logRoot.nextEntries()
        } catch {
            return watches.postpone(.root(.extensionLog), error, opening: "the log root", now: now)
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
        do {
            guard let root = try openLogRoot() else { return }
            let directory: Directory
            do {
                directory = try Directory(named: handler, in: root)
            } catch let error where error.saysThereIsNone {
                forget(handler)
                if try root.status(of: handler)?.kind == .symbolicLink { refuseLink(handler, now: now) }
                return
            }
            handlers.insert(handler)
            watches.watch(directory, as: .handler(handler), now: now)
            try examineEvents(of: handler, in: directory, now: now, tell)
        } catch {
            watches.postpone(.handler(handler), error, opening: "the directory of \(handler)", now: now)
        }
    }

    private func examineEvents(
        of handler: FileName, in directory: Directory, now: UInt64, _ tell: (Finding) -> Void
    ) throws(Errno) {
        let events: Directory
        do {
            events = try Directory(named: Publisher.eventsDirectory, in: directory)
        } catch let error where error.saysThereIsNone {
            forgetEvents(of: .handler(handler))
            if error != .noSuchFileOrDirectory {
                refuse("events of \(handler) is no directory but a file or a link", of: handler, now: now)
            }
            return
        }
        scan(events, of: .handler(handler), now: now, tell)
    }

    /// Watches a publisher's directory, then scans it: in this order nothing falls between.
    private func scan(_ directory: Directory, of publisher: Publisher, now: UInt64, _ tell: (Finding) -> Void) {
        watches.watch(directory, as: .events(publisher), now: now)
        if publisher != .agent { directories[publisher] = directory }
        scans.remove(publisher)
        do {
            let entries = try directory.entries()
            proceed(with: .init(publisher: publisher, directory: directory, entries: entries), now: now, tell)
        } catch {
            postponeScan(of: publisher, error, now: now)
        }
    }

    private func proceed(with scan: DirectoryScans.Scan, now: UInt64, _ tell: (Finding) -> Void) {
        hasOpenedDirectories = true
        do {
            while let entries = try scans.nextEntries(of: scan) {
                for entry in entries { tell(.found(entry, scan.publisher, scan.directory)) }
            }
        } catch Errno.noSuchFileOrDirectory {
            // The directory was removed while it was read.
        } catch {
            postponeScan(of: scan.publisher, error, now: now)
        }
    }

    private func postponeScan(of publisher: Publisher, _ error: Errno, now: UInt64) {
        watches.postpone(.init(publisher), error, opening: "the events directory of \(publisher)", now: now)
    }

    // MARK: Forgetting

    private func forget(_ handler: FileName) {
        handlers.remove(handler)
        watches.unwatch(.handler(handler))
        forgetEvents(of: .handler(handler))
    }

    private func forgetEvents(of publisher: Publisher) {
        watches.unwatch(.events(publisher))
        directories[publisher] = nil
        scans.remove(publisher)
    }

    /// Forgets all that was below a log root that is gone.
    private func forgetHandlers() {
        for handler in handlers { forget(handler) }
        watches.unwatch(.logRoot)
    }

    private func refuseLink(_ handler: FileName, now: UInt64) {
        refuse("\(handler) in the log directory is a symbolic link", of: handler, now: now)
    }

    /// Tells, once, what bears a name of ours and is not followed.
    private func refuse(_ what: String, of handler: FileName, now: UInt64) {
        notices.tell(
            Notice(
                .notARegularFile, about: handler.description, "\(what), which is not followed.",
                fields: Publisher.handler(handler).noticeFields),
            every: .max, now: now)
    }
}
