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
        case .journal: writer = .entries(NoticeEntries(to: JournalSocket(), orElse: .standardError()))
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
    /// Of one kind about one subject at most one goes out in any `every` nanoseconds (0: always, for what can only happen a few
    /// times); the next that goes out says how many were left out. Beyond that, `Repetition.perKind` bounded notices of one kind
    /// go out in a period, and `Repetition.subjects` subjects are remembered; ``tellLeftOut()`` tells of the others.
    ///
    /// `now` is in nanoseconds since boot.
    package func tell(_ notice: Notice, every: UInt64 = 0, now: UInt64) {
        guard let writer else { return }
        let leftOut = repetition.withLock { $0.admit(notice, every: every, now: now) }
        guard let leftOut else { return }
        writer.write(notice, leftOut: leftOut)
    }

    /// Tells notices because the work ends, however lately others were told about the same; `Repetition.perKind` of each kind.
    package func tellLast(_ notices: [Notice], now: UInt64) {
        guard let writer else { return }
        for notice in notices {
            guard let leftOut = repetition.withLock({ $0.admitLast(notice, now: now) }) else { continue }
            writer.write(notice, leftOut: leftOut)
        }
    }

    /// Tells how many notices were beyond the bounds since the last call, one notice for each kind; to be called now and then.
    package func tellLeftOut() {
        summarize(repetition.withLock { $0.takeOthers() })
    }

    /// Tells all that the bounds have left out and no notice to come will tell: the work has ended.
    package func tellAllLeftOut() {
        summarize(repetition.withLock { $0.takeAll() })
    }

    private func summarize(_ leftOut: [Notice.Kind: Repetition.LeftOut]) {
        guard let writer else { return }
        for (kind, amount) in leftOut.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let about = amount.count > 0 ? ", about \(amount.count) events or files" : ""
            let summary = Notice(
                kind, about: "others",
                "\(amount.notices) entries of this kind (\(kind.rawValue)) were more than are written\(about).",
                count: amount.count > 0 ? amount.count : nil, fields: [.leftOut(amount.notices)])
            writer.write(summary, leftOut: Repetition.LeftOut())
        }
    }
}
