internal import TelemetryEvents

/// The record that is kept of a rejected file, as it is read again: any of it may be damaged.
package struct KeptRecord {
    private let bytes: [UInt8]
    private let members: TextMembers?
    /// The extension's handler; nil for the VM agent's.
    private let handler: String?

    /// Takes the bytes of a record.
    package init(_ bytes: [UInt8], handler: String?) {
        self.bytes = bytes
        self.handler = handler
        members = bytes.withUnsafeBytes { TextMembers($0) }
    }

    /// The publisher's name for the file.
    package var fileName: String { members?["file"] ?? "?" }

    var summary: String { members?["summary"] ?? "its record is damaged" }

    /// When the file was rejected, to the second.
    var time: String {
        let written = members?["rejectedAt"] ?? "?"
        return String(written.prefix(19).map { $0 == "T" ? " " : $0 }).shownOnTerminal(columns: 19)
    }

    /// Whose the file is: the handler with a word before it, or the words for the agent.
    func publisher(extension word: String = "", agent: String) -> String { handler.map { word + $0 } ?? agent }

    /// What it says of its file, in lines: without the faults where the file is kept, which a report on it shows, unless
    /// a sink found them.
    package var description: String {
        let whose = publisher(extension: "extension ", agent: "the VM agent").shownOnTerminal(columns: 200)
        let head = "\(fileName.shownOnTerminal(columns: 200)) of \(whose), rejected at \(time) UTC\n"
        let why = "\(summary.shownOnTerminal(columns: 1000))\n"
        if members?["keptAs"] != nil { return summary.contains(RejectionRecord.refusal) ? head + why : head }
        return head + why + "The file itself is not kept.\n"
    }

    /// The record on a line of its own, with its line end; nil for one that is damaged.
    package var oneLine: String? {
        guard members != nil else { return nil }
        // Texts in it have no line ends: JSON escapes them.
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0.drop { $0 == " " } }
            .joined(separator: " ") + "\n"
    }
}
