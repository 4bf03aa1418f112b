internal import Reporting

/// The beginning of what a destination says, on one line that obeys to no terminal and fits into a journal entry.
struct AnswerExcerpt {
    /// As much is looked at, in bytes.
    private static let lookedAt = 2000
    /// As much is shown, in columns.
    private static let shown = 200

    let text: String

    init(_ said: some Collection<UInt8>) {
        let text = String(decoding: said.prefix(Self.lookedAt), as: UTF8.self)
        self.text = text.split { $0.isWhitespace }.joined(separator: " ").shownOnTerminal(columns: Self.shown)
    }
}
