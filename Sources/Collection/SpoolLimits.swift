internal import Configuration

/// The bounds of the spool; what is beyond them goes, the oldest claims first, counted and told.
package struct SpoolLimits: Hashable, Sendable {
    /// Bytes that all claimed files hold together.
    package var bytes = Setting.defaultSpoolLimit << 20
    /// Claimed files; each takes an inode, and a block at the least.
    package var files = Setting.defaultSpoolFiles
    /// How long a claim waits, in nanoseconds.
    package var age = UInt64(Setting.defaultSpoolAge) * 1_000_000_000

    /// What one publisher may take of `bytes`.
    var bytesPerPublisher: Int { bytes / 2 }
    /// What one publisher may take of `files`.
    var filesPerPublisher: Int { max(files / 2, 1) }

    package init() {}
}
