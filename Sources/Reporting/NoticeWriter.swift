internal import SystemPackage
internal import Systemd

/// The ways in which a notice leaves the process.
enum NoticeWriter: Sendable {
    /// Entries in the journal; lines instead for as long as journald is absent or takes nothing: whoever tells a notice
    /// has other work to do than to wait for its log.
    case journal(JournalSocket, orElse: NoticeLines?)
    case lines(NoticeLines)

    func write(_ notice: Notice, leftOut: Repetition.LeftOut) {
        let text = NoticeText(notice.message, leftOut: leftOut).text
        switch self {
        case .lines(let lines):
            lines.write(text, priority: notice.kind.priority)
        case .journal(let socket, let lines):
            do {
                guard try socket.hasRoom() else { throw Errno.wouldBlock }
                try Self.entry(for: notice, text: text, leftOut: leftOut).send()
            } catch {
                lines?.write(text, priority: notice.kind.priority)
            }
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
