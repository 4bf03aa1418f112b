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

    /// Adds a file by the bytes of its record; `handler` is nil for one of the VM agent's.
    package mutating func add(_ record: [UInt8], claim: ClaimID, handler: String?) {
        let members = Self.members(of: record)
        rows.append(
            Row(
                time: Self.time(members), handler: (handler ?? "VM agent").shownOnTerminal(columns: Self.longestName),
                file: Self.fileName(of: record).shownOnTerminal(columns: Self.longestName), claim: claim.description,
                why: (members?["summary"] ?? "its record is damaged").shownOnTerminal(columns: Self.longestReason)))
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

    /// What a record says of its file, in lines: without the faults where the file is kept, which a report on it shows, unless
    /// a sink found them.
    package static func description(of record: [UInt8], handler: String?) -> String {
        let members = members(of: record)
        let whose = (handler.map { "extension \($0)" } ?? "the VM agent").shownOnTerminal(columns: 200)
        let head =
            "\(fileName(of: record).shownOnTerminal(columns: 200)) of \(whose), rejected at \(time(members)) UTC\n"
        let summary = members?["summary"] ?? "its record is damaged"
        let why = "\(summary.shownOnTerminal(columns: 1000))\n"
        if members?["keptAs"] != nil { return summary.contains(RejectionRecord.refusal) ? head + why : head }
        return head + why + "The file itself is not kept.\n"
    }

    /// The publisher's name for the file.
    package static func fileName(of record: [UInt8]) -> String {
        members(of: record)?["file"] ?? "?"
    }

    private static func members(of record: [UInt8]) -> TextMembers? {
        record.withUnsafeBytes { TextMembers($0) }
    }

    /// To the second.
    private static func time(_ members: TextMembers?) -> String {
        let written = members?["rejectedAt"] ?? "?"
        return String(written.prefix(19).map { $0 == "T" ? " " : $0 }).shownOnTerminal(columns: 19)
    }
}

extension RejectionRecord {
    /// A record on a line of its own, with its line end; nil for one that is damaged.
    package static func onOneLine(_ record: [UInt8]) -> String? {
        guard record.withUnsafeBytes({ TextMembers($0) }) != nil else { return nil }
        // Texts in it have no line ends: JSON escapes them.
        return String(decoding: record, as: UTF8.self).split(separator: "\n").map { $0.drop { $0 == " " } }
            .joined(separator: " ") + "\n"
    }
}

extension String {
    /// What it takes on a terminal.
    fileprivate var columns: Int { TerminalCell.cells(of: Array(utf8)[...]).reduce(0) { $0 + $1.width } }

    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - columns, 0))
    }
}
