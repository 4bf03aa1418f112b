internal import Glibc
package import SystemCalls

/// The journal's stream that a service manager connects standard output and standard error to.
package struct JournalStream: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64

    /// Reads `<device>:<inode>`, the form of JOURNAL_STREAM (systemd.exec(5)); nil for anything else.
    package init?(_ written: String) {
        let parts = written.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return nil }
        self.device = device
        self.inode = inode
    }

    /// The one that the environment names; nil outside a service whose output goes to the journal.
    package static func ofEnvironment() -> JournalStream? {
        getenv("JOURNAL_STREAM").flatMap { JournalStream(String(cString: $0)) }
    }

    /// Whether a file is that stream: the variable is inherited also by those whose output was redirected since.
    package func isSame(as status: FileStatus) -> Bool {
        status.device == device && status.inode == inode
    }

    /// Whether standard error goes to the journal.
    package static func isStandardError() -> Bool {
        guard let stream = ofEnvironment(), let copy = try? OwnedDescriptor(duplicating: STDERR_FILENO) else {
            return false
        }
        return (try? copy.status()).map(stream.isSame) ?? false
    }
}
