internal import Synchronization
internal import SystemCalls
internal import SystemPackage
internal import Systemd

/// Notices as lines in a file, a pipe or a terminal.
final class NoticeLines: Sendable {
    private let descriptor: OwnedDescriptor
    /// Whether systemd reads the lines and takes `<4>` at their beginning as the priority (sd-daemon(3)).
    private let hasPriorities: Bool
    /// Lines that the reader had no room for.
    private let lost = Atomic(0)

    init(to descriptor: consuming OwnedDescriptor, hasPriorities: Bool) {
        self.descriptor = descriptor
        self.hasPriorities = hasPriorities
    }

    /// Standard error, as it is now; nil when it is closed.
    static func standardError() -> NoticeLines? {
        guard let copy = try? OwnedDescriptor(duplicating: FileDescriptor.standardError.rawValue) else { return nil }
        return NoticeLines(to: copy, hasPriorities: JournalStream.isStandardError())
    }

    /// Writes one line, or counts it as lost where that would block: who reads our log must not hold up telemetry.
    func write(_ text: String, priority: Notice.Priority) {
        let missing = lost.exchange(0, ordering: .relaxed)
        let prefix = hasPriorities ? "<\(priority.rawValue)>" : ""
        let addition = missing > 0 ? " (\(missing) lines lost: nobody read them)" : ""
        var line = "\(prefix)telltale: \(text)\(addition)\n"
        if !line.withUTF8({ writeAtOnce(UnsafeRawBufferPointer($0)) }) {
            lost.add(missing + 1, ordering: .relaxed)
        }
    }

    private func writeAtOnce(_ line: UnsafeRawBufferPointer) -> Bool {
        // A pipe or socket that polls as writable has room for a line (see NoticeText.longest); what else may be lost,
        // such as the log of a full disk, is not worth a retry.
        guard let isWritable = try? descriptor.isWritable(within: 0), isWritable else { return false }
        return (try? descriptor.write(line)) == line.count
    }
}
