internal import Configuration

/// The bounds of the store of rejected files; what is beyond them goes, the oldest first.
package struct RejectedLimits: Hashable, Sendable {
    /// Bytes on disk that all files take together; 0: nothing is kept.
    package var bytes = Setting.defaultRejectedLimit << 20
    /// Bytes on disk that the files of one publisher take.
    package var bytesPerPublisher: Int { bytes / 4 }
    /// Files, records counted: twice the number of rejected ones.
    package var files = 4000
    /// Files of one publisher.
    package var filesPerPublisher = 400
    /// How long a file is kept, in nanoseconds: a week.
    package var age: UInt64 = 7 * 86_400 * 1_000_000_000

    package init() {}
}
