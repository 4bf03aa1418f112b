internal import Synchronization
internal import SystemPackage
internal import Systemd

/// Notices as entries in the journal; lines instead for as long as journald is absent or takes nothing, for whoever tells a
/// notice has other work to do than to wait for its log.
final class NoticeEntries: Sendable {
    /// How long a notice waits for room, in milliseconds: in a burst, journald's queue is full and soon has room again.
    private static let patience: CInt = 50

    private let socket: JournalSocket
    private let lines: NoticeLines?
    /// A notice waited in vain: none waits again before journald takes one.
    private let isStuck = Atomic(false)

    init(to socket: JournalSocket, orElse lines: NoticeLines?) {
        self.socket = socket
        self.lines = lines
    }

    func write(_ notice: Notice, text: String, leftOut: Repetition.LeftOut) {
        do {
            let wasStuck = isStuck.load(ordering: .relaxed)
            let hasRoom = try socket.hasRoom(within: wasStuck ? 0 : Self.patience)
            if hasRoom == wasStuck { isStuck.store(!hasRoom, ordering: .relaxed) }
            guard hasRoom else { throw Errno.wouldBlock }
            try Self.entry(for: notice, text: text, leftOut: leftOut).send()
        } catch {
            lines?.write(text, priority: notice.kind.priority)
        }
    }

    /// The fields that every notice has; ``Notice/Field`` lists those that some have.
    static func entry(for notice: Notice, text: String, leftOut: Repetition.LeftOut) -> JournalEntry {
        var entry = JournalEntry()
        entry.append("MESSAGE", text)
        entry.append("MESSAGE_ID", notice.kind.messageID)
        entry.append("PRIORITY", String(notice.kind.priority.rawValue))
        entry.append("SYSLOG_IDENTIFIER", "telltale")
        entry.append("TELLTALE_NOTICE", notice.kind.rawValue)
        entry.append("TELLTALE_SUBJECT", notice.subject)
        if let outcome = notice.kind.outcome { entry.append("TELLTALE_OUTCOME", outcome) }
        if let count = notice.count { entry.append("TELLTALE_COUNT", String(count + leftOut.count)) }
        let missing = leftOut.notices > 0 ? [Notice.Field.leftOut(leftOut.notices)] : []
        for field in missing + notice.fields { entry.append(field.name, field.value) }
        return entry
    }
}
