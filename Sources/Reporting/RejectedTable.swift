package import TelemetryEvents

/// The list of rejected files for people: a line each, in columns.
///
/// Nothing that publishers chose reaches the terminal as a command.
package struct RejectedTable {
    private struct Row {
        let time: String
        let handler: String
        let file: String
        let claim: String
        let why: String
    }

    /// Columns of a terminal that a handler's or a file's name takes at most.
    private static let longestName = 40
    /// Columns that the reasons take at most.
    private static let longestReason = 200

    private var rows: [Row] = []

    package init() {}

    /// Adds a file by its record.
    package mutating func add(_ record: KeptRecord, claim: ClaimID) {
        rows.append(
            Row(
                time: record.time,
                handler: record.publisher(agent: "VM agent").shownOnTerminal(columns: Self.longestName),
                file: record.fileName.shownOnTerminal(columns: Self.longestName), claim: claim.description,
                why: record.summary.shownOnTerminal(columns: Self.longestReason)))
    }

    /// The lines, each with its line end; a sentence when there is none.
    package var text: String {
        guard !rows.isEmpty else { return "No rejected files are kept.\n" }
        let head = Row(time: "REJECTED (UTC)", handler: "EXTENSION", file: "FILE", claim: "ID", why: "WHY")
        let all = [head] + rows
        func width(_ column: (Row) -> String) -> Int { all.map { column($0).columns }.max() ?? 0 }
        let widths = (width(\.time), width(\.handler), width(\.file), width(\.claim))
        let lines = all.map { row in
            [
                row.time.padded(to: widths.0), row.handler.padded(to: widths.1), row.file.padded(to: widths.2),
                row.claim.padded(to: widths.3), row.why,
            ].joined(separator: "  ") + "\n"
        }
        return lines.joined()
    }
}

extension String {
    /// What it takes on a terminal.
    fileprivate var columns: Int { TerminalCell.cells(of: Array(utf8)[...]).reduce(0) { $0 + $1.width } }

    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - columns, 0))
    }
}
