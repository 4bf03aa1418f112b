internal import Synchronization
internal import SystemCalls
internal import Systemd

/// Where notices go, with a bound on repetition.
///
/// May be called from any thread.
package final class NoticeLog: Sendable {
    /// The destinations.
    package enum Destination: Sendable {
        /// Structured entries in journald.
        case journal
        /// Lines on standard error, with the priority prefix (`<4>`) when systemd reads them.
        case standardError
        /// Nowhere: for tests of other rooms.
        case none
    }

    private let writer: NoticeWriter?
    private let repetition = Mutex(Repetition())

    package init(to destination: Destination) {
        switch destination {
        case .journal: writer = .journal(JournalSocket(), orElse: .standardError())
        case .standardError: writer = NoticeLines.standardError().map(NoticeWriter.lines)
        case .none: writer = nil
        }
    }

    /// For tests: lines to a descriptor of theirs.
    init(to lines: NoticeLines) {
        writer = .lines(lines)
    }

    /// Where the notices of a service go: to the journal when standard error does, as under systemd, else to standard error.
    package static func preferredDestination() -> Destination {
        JournalStream.isStandardError() ? .journal : .standardError
    }

    /// Tells a notice.
    ///
    /// Of one kind about one subject at most one goes out in any `every` nanoseconds (0: always); the next that goes
    /// out says how many were left out. Beyond that, `Repetition.perKind` bounded notices of one kind go out in a period,
    /// and `Repetition.subjects` subjects are remembered.
    ///
    /// `now` is in nanoseconds since boot.
    package func tell(_ notice: Notice, every: UInt64 = 0, now: UInt64) {
        guard let writer else { return }
        let leftOut = repetition.withLock { $0.admit(notice.kind, about: notice.subject, every: every, now: now) }
        guard let leftOut else { return }
        writer.write(notice, leftOut: leftOut)
    }
}
