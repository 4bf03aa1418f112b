internal import HTTP
internal import Reporting

extension HTTPAnswer {
    /// As much of the body is looked at, in bytes.
    private static let lookedAt = 2000
    /// As much of the body is shown, in columns.
    private static let shown = 200

    /// The status with the beginning of the body, on one line that obeys to no terminal and fits into a journal entry.
    var summary: String {
        let text = String(decoding: body.prefix(Self.lookedAt), as: UTF8.self)
        let words = text.split { $0.isWhitespace }.joined(separator: " ")
        return words.isEmpty ? "\(status)" : "\(status): " + words.shownOnTerminal(columns: Self.shown)
    }
}
