/// What a running service is doing, at one instant: for `telltale status` and for Prometheus.
///
/// Counts are those since the start of the service or its last reload.
package struct ServiceStatus: Sendable {
    /// What the service is about.
    package enum Activity: String, CaseIterable, Sendable {
        /// The first scan is under way: not everything is watched yet.
        case starting
        case ready
        /// What is in flight is waited for, nothing more is taken.
        case stopping
    }

    /// Directories that are looked after.
    package struct Watching: Hashable, Sendable {
        /// Of which the kernel tells what happens in them.
        package var notified = 0
        /// Which are looked at from time to time, because the kernel has no more watches.
        package var polled = 0

        package init() {}
    }

    /// What claimed files take.
    package struct Amount: Hashable, Sendable {
        package var files = 0
        package var bytes = 0

        package init(files: Int = 0, bytes: Int = 0) {
            self.files = files
            self.bytes = bytes
        }
    }

    /// What the rate limiter says of an extension.
    package struct Window: Hashable, Sendable {
        /// Events that were admitted in the period that ends now.
        package var admitted = 0
        /// When the next event is admitted, in nanoseconds from now; nil: now.
        package var roomIn: UInt64?
        /// Whether claims of the extension wait for that.
        package var isHolding = false

        package init() {}
    }

    /// One extension, or the VM agent.
    package struct Source: Sendable {
        /// The handler's name; nil for the VM agent.
        package var handler: String?
        package var counts = Tally.Counts()
        /// Nil for the VM agent, which has no cap.
        package var window: Window?
        /// What of its files is in the spool.
        package var waiting = Amount()

        package init(handler: String?) {
            self.handler = handler
        }
    }

    /// The directory of claimed files.
    package struct Spool: Sendable {
        package var path = ""
        package var waiting = Amount()
        /// When the oldest claim in it was made, in nanoseconds since 1970; nil when it is empty.
        ///
        /// No claim is older; it may be a little younger.
        package var oldest: UInt64?
        package var limits = Amount()
        /// No claim waits for longer, in nanoseconds.
        package var ageLimit: UInt64 = 0
        /// The rejected files that are kept.
        package var rejected = Amount()

        package init() {}
    }

    /// A destination.
    package struct Sink: Sendable {
        /// How it is.
        package enum State: String, CaseIterable, Sendable {
            case working
            /// In one call for longer than a destination should need.
            case stuck
            case throttled
            case failing
            case closed
        }

        package var name: String
        package var state = State.working
        /// For how long the state holds, in nanoseconds; nil where it is not worth telling.
        package var lasting: UInt64?
        /// Why it is not working; empty while it is.
        package var reason = ""
        package var delivered = 0
        package var refused = 0
        /// Events in memory that it has to take next.
        package var queued = 0

        package init(name: String) {
            self.name = name
        }
    }

    /// The process that answers.
    package struct Process: Sendable {
        package var version = ""
        package var processID: Int32 = 0
        /// In nanoseconds since 1970.
        package var startedAt: UInt64 = 0
        /// The files that were read, Telltale's own first.
        package var configuration: [String] = []

        package init() {}
    }

    package var process = Process()
    package var activity = Activity.starting
    /// When all this was so, in nanoseconds since 1970.
    package var takenAt: UInt64 = 0
    package var watching = Watching()
    /// Events of one extension that are admitted in any period.
    package var cap = 0
    /// In nanoseconds.
    package var period: UInt64 = 0
    /// The extensions by name, at most ``Tally/namedHandlers``; then, where there are more, one with the sum of the others, whose
    /// handler is ``Tally/others``.
    package var extensions: [Source] = []
    package var agent = Source(handler: nil)
    package var residueRemoved = 0
    package var spool = Spool()
    package var sinks: [Sink] = []
    /// From the last write to a file until it was claimed.
    package var claimDelay = DelayHistogram()
    /// From the claim of a file until every sink had all of it.
    package var deliveryDelay = DelayHistogram()

    package init() {}
}
