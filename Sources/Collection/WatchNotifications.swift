internal import Inotify
internal import Reporting
internal import SystemPackage

/// The notifications that were read and not yet followed.
struct WatchNotifications {
    /// Whether all that happened was told.
    enum Answer {
        case complete
        /// What happened besides is unknown: everything is to be scanned.
        case incomplete
    }

    private let notices: NoticeLog
    /// In the order in which they came.
    private(set) var events: [InotifyEvent] = []

    init(notices: NoticeLog) {
        self.notices = notices
    }

    /// Reads what waits; operators are told when something was missed.
    ///
    /// `now` is in nanoseconds since boot.
    mutating func read(from watches: borrowing DirectoryWatches, now: UInt64) -> Answer {
        var answer = Answer.complete
        do {
            _ = try watches.read { record in
                switch record {
                case .queueOverflowed: answer = .incomplete
                case .event(let event): events.append(event)
                }
            }
        } catch {
            tell(
                .watchTrouble, "Notifications could not be read: \(error). Scanning everything.",
                fields: (error as? Errno).map { [.errorNumber($0)] } ?? [], now: now)
            return .incomplete
        }
        if answer == .incomplete {
            tell(
                .rescanned,
                "The kernel's queue of notifications was full, so every directory is scanned; "
                    + "nothing is lost. If this repeats, raise fs.inotify.max_queued_events.", now: now)
        }
        return answer
    }

    /// Forgets those that were followed, and keeps their memory for the next.
    mutating func removeAll() {
        events.removeAll(keepingCapacity: true)
    }

    private func tell(_ kind: Notice.Kind, _ message: String, fields: [Notice.Field] = [], now: UInt64) {
        notices.tell(
            Notice(kind, about: "inotify", message, fields: fields), every: DirectoryWatches.noticeInterval, now: now)
    }
}
