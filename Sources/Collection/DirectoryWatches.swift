internal import Inotify
internal import Reporting
internal import SystemCalls
internal import SystemPackage

/// The watches, and what takes their place where the kernel refuses: polling, until it refuses no more.
///
/// Also what could not be examined for a reason that passes is kept here until the next polling. Instants are in nanoseconds
/// since boot.
struct DirectoryWatches: ~Copyable {
    typealias Place = WatchTable.Place

    /// How often directories without a watch are looked at, in nanoseconds.
    private static let pollingInterval: UInt64 = 2_000_000_000
    /// The least time between two notices of one kind about the same, in nanoseconds.
    static let noticeInterval: UInt64 = 300_000_000_000

    private let notices: NoticeLog
    private var table = WatchTable()
    private var postponed: Set<Agenda.Task> = []
    /// When to poll; nil while there is nothing to be polled.
    private(set) var nextPoll: UInt64?
    private var toldPolling = ToldState(calm: false, period: noticeInterval)

    init(notices: NoticeLog) {
        self.notices = notices
    }

    /// The descriptor to wait on; nil while the kernel has no instance for us.
    var descriptor: CInt? { table.descriptor }

    var watchedCount: Int { table.watchedCount }

    /// Directories that are polled for want of a watch.
    var polledCount: Int { table.unwatched.count }

    /// Watches a place; what the kernel refuses is polled, and operators are told of any other failure.
    mutating func watch(_ directory: Directory, as place: Place, now: UInt64) {
        do {
            try table.watch(directory, as: place)
        } catch {
            report(error, opening: "a watch", fields: [], now: now)
        }
    }

    /// Takes back the watch of a place, which is not polled either.
    mutating func unwatch(_ place: Place) {
        table.unwatch(place)
    }

    /// The places that an event tells about; one whose watch the event ends is watched no more.
    mutating func places(toldBy event: InotifyEvent) -> Set<Place> {
        table.places(toldBy: event)
    }

    /// Reads what happened; see ``WatchTable/read(_:)``.
    func read(_ body: (InotifyRecord) -> Void) throws -> Bool {
        try table.read(body)
    }

    /// Leaves what is known as it is, to be examined again with the next polling.
    mutating func postpone(_ task: Agenda.Task, _ error: Errno, opening what: String, now: UInt64) {
        postponed.insert(task)
        var fields: [Notice.Field] = []
        if case .handler(let name) = task { fields = Publisher.handler(name).noticeFields }
        report(error, opening: what, fields: fields, now: now)
    }

    /// What is to be looked at when polling is due, empty before; the next calls try again what the kernel refused.
    mutating func takeDue(at now: UInt64) -> (places: Set<Place>, tasks: Set<Agenda.Task>) {
        guard let due = nextPoll, due <= now else { return ([], []) }
        nextPoll = nil
        table.retryRefused()
        defer { postponed = [] }
        return (table.unwatched, postponed)
    }

    /// Decides when to poll next, once everything was examined; tells operators when polling begins and ends.
    mutating func schedulePolling(now: UInt64) {
        if table.unwatched.isEmpty, postponed.isEmpty {
            nextPoll = nil
        } else if nextPoll == nil {
            nextPoll = now + Self.pollingInterval
        }
        let isPolling = !table.unwatched.isEmpty
        guard toldPolling.shouldTell(isPolling, now: now) else { return }
        let notice =
            isPolling
            ? Notice(
                .watchesExhausted, about: "inotify",
                "\(table.unwatched.count) directories could get no inotify watch and are polled every "
                    + "\(Self.pollingInterval / 1_000_000_000) s instead. Raise fs.inotify.max_user_watches or "
                    + "fs.inotify.max_user_instances; the watches are tried again by themselves.")
            : Notice(.watchesRestored, about: "inotify", "Every directory is watched by notification again.")
        notices.tell(notice, now: now)
    }

    private func report(_ error: Errno, opening what: String, fields: [Notice.Field], now: UInt64) {
        notices.tell(
            Notice(
                .watchTrouble, about: what,
                "Opening \(what) failed: \(error). It is tried again every "
                    + "\(Self.pollingInterval / 1_000_000_000) s.",
                fields: fields + [.errorNumber(error)]),
            every: Self.noticeInterval, now: now)
    }
}
