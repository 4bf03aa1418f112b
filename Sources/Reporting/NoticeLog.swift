/// Where notices go, with a bound on repetition.
///
/// May be called from any thread.
package final class NoticeLog: Sendable {
    /// The destinations.
    package enum Destination: Sendable {
        /// Structured entries in journald.
        case journal
        /// Lines on standard error, with the priority prefix (`<4>`) when systemd reads them.
        case standardError
        /// Nowhere: for tests of other rooms.
        case none
    }

    package init(to destination: Destination) {}

    /// Tells a notice.
    ///
    /// Of one kind about one subject at most one goes out in any `every` nanoseconds (0: always); the next that goes
    /// out says how many were left out.
    ///
    /// `now` is in nanoseconds since boot.
    package func tell(_ notice: Notice, every: UInt64 = 0, now: UInt64) {}
}
