/// The ways in which a notice leaves the process.
enum NoticeWriter: Sendable {
    case entries(NoticeEntries)
    case lines(NoticeLines)

    func write(_ notice: Notice, leftOut: Repetition.LeftOut) {
        let text = NoticeText(notice.message, leftOut: leftOut).text
        switch self {
        case .entries(let entries): entries.write(notice, text: text, leftOut: leftOut)
        case .lines(let lines): lines.write(text, priority: notice.kind.priority)
        }
    }
}
