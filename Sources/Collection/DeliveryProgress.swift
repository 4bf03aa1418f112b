internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// How far sinks came with claims when a process stopped in order, in a file of the spool, so that its successor sends
/// nothing twice.
///
/// What it says stays true for as long as the claim is there: an acknowledged event is acknowledged for good. So it is left as
/// it is until the next stop, and a process that is killed has merely less to say. A line: `<claim> <sink> <first>-<last>,…`,
/// the positions of the finished events.
enum DeliveryProgress {
    static let file: FileName = "progress"
    private static let replacement: FileName = "progress.new"
    private static let header = Array("telltale progress 1".utf8)
    /// Bytes of a line that is written; a claim that needs a longer one is delivered again from its beginning.
    private static let longestLine = 8192

    /// One line.
    struct Entry: Hashable {
        let claim: ClaimID
        let sink: String
        let finished: IndexRanges
    }

    /// Reads what an earlier process wrote; `isReadable` is false when a line is damaged, and what can be read counts.
    static func read(in root: Directory) throws(Errno) -> (entries: [Entry], isReadable: Bool) {
        let descriptor: OwnedDescriptor
        do {
            descriptor = try root.openForReading(file)
        } catch Errno.noSuchFileOrDirectory {
            return ([], true)
        }
        var lines = FileLines(of: descriptor)
        guard try lines.next()?.elementsEqual(header) == true else { return ([], false) }
        var entries: [Entry] = []
        var isReadable = true
        while let line = try lines.next() {
            if !lines.isTorn, let entry = parse(line) { entries.append(entry) } else { isReadable = false }
        }
        return (entries, isReadable)
    }

    /// Writes the entries in place of those of before.
    static func write(_ entries: [Entry], in root: Directory) throws(Errno) {
        do {
            try root.removeFile(replacement)
        } catch Errno.noSuchFileOrDirectory {
            // The usual case: nobody was killed while writing.
        }
        guard !entries.isEmpty else {
            do {
                try root.removeFile(file)
            } catch Errno.noSuchFileOrDirectory {}
            return
        }
        var bytes = header + [UInt8(ascii: "\n")]
        for entry in entries {
            let ranges = entry.finished.description
            guard ranges.utf8.count <= longestLine else { continue }
            entry.claim.write(to: &bytes)
            bytes += Array(" \(entry.sink) \(ranges)\n".utf8)
        }
        let descriptor = try root.openForWriting(replacement, .new)
        try descriptor.writeAll(bytes)
        try descriptor.synchronize()
        try root.replace(file, with: replacement)
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> Entry? {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, let claim = ClaimID(parts[0]),
            let finished = IndexRanges(String(decoding: parts[2], as: UTF8.self))
        else { return nil }
        return Entry(claim: claim, sink: String(decoding: parts[1], as: UTF8.self), finished: finished)
    }
}
