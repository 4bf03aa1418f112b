internal import Synchronization
internal import SystemPackage
internal import Systemd
package import TelemetryEvents

/// The sink that makes each event an entry of the journal.
///
/// libsystemd does not say whether a journald took an entry, so its socket is looked at before the first entry of a call
/// and after the last.
package final class JournalSink: Sink {
    package let name = "journal"

    /// What becomes of Telltale's own reports.
    package enum OwnReports: Sendable {
        case written
        /// They count as delivered: the journal has what they say as notices.
        case leftOut
    }

    private let socket: JournalSocket
    private let ownReports: OwnReports
    /// Kept for its buffer.
    private let entry = Mutex(JournalEntry())
    private let send: @Sendable (JournalEntry) throws(Errno) -> Void

    package convenience init(ownReports: OwnReports) {
        self.init(socket: JournalSocket(), ownReports: ownReports) { entry throws(Errno) in try entry.send() }
    }

    /// For tests: entries go to a function of theirs.
    init(
        socket: JournalSocket, ownReports: OwnReports = .written,
        send: @escaping @Sendable (JournalEntry) throws(Errno) -> Void
    ) {
        self.socket = socket
        self.ownReports = ownReports
        self.send = send
    }

    package func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        do throws(Errno) {
            try socket.check()
        } catch {
            return DeliveryOutcome(finished: 0, rest: .retry(after: nil, reason: "journald is absent: \(error)"))
        }
        let outcome = entry.withLock { deliver(events, by: &$0) }
        do throws(Errno) {
            try socket.check()
        } catch {
            // It went away meanwhile, nobody knows when: all of them again, under the same ids.
            return DeliveryOutcome(finished: 0, rest: .retry(after: nil, reason: "journald went away: \(error)"))
        }
        return outcome
    }

    private func deliver(_ events: ArraySlice<TelemetryEvent>, by entry: inout JournalEntry) -> DeliveryOutcome {
        var outcome = DeliveryOutcome(finished: 0, rest: .none)
        for event in events {
            if ownReports == .leftOut, event.file.isOwnReport {
                outcome.finished += 1
                continue
            }
            JournalFields.fill(&entry, with: event)
            do throws(Errno) {
                try send(entry)
            } catch {
                guard Self.isFault(ofTheEntry: error) else {
                    outcome.rest = .retry(after: nil, reason: "journald does not take entries: \(error)")
                    return outcome
                }
                outcome.refused.append(RefusedEvent(event: event, reason: "journald refuses the entry: \(error)"))
            }
            outcome.finished += 1
        }
        return outcome
    }

    /// Answers that the same entry would get again.
    private static func isFault(ofTheEntry code: Errno) -> Bool {
        code == .invalidArgument || code == .messageTooLong || code == .argListTooLong
    }
}
