package import Configuration
package import RateLimiting
package import SystemPackage

/// What an operator can set about the collection.
package struct CollectorSettings: Sendable {
    /// The log root, below which the handlers' directories are; nil: extension events are not collected.
    package var extensionLog: FilePath?
    /// The agent's events directory; nil: agent events are not collected.
    package var agentEvents: FilePath?
    package var limit = RateLimit()
    package var overCap = OverCap.drop
    package var debounce = Debouncer.Settings()
    /// Residue is removed once its last change is older than this, in nanoseconds.
    package var residueAge: UInt64 = RateLimit.contractPeriod
    /// How often everything is scanned for what no notification brought, in nanoseconds.
    package var rescanInterval: UInt64 = RateLimit.contractPeriod
    /// What the spool may hold.
    package var spool = SpoolLimits()
    /// What is kept of rejected files.
    package var rejected = RejectedLimits()
    /// How long a stop waits for what is in flight, in nanoseconds; well below systemd's TimeoutStopSec of 90 s.
    package var stopWithin: UInt64 = 5_000_000_000
    /// How often the service manager is told that a long first scan goes on, in nanoseconds; well below its TimeoutStartSec of 90 s.
    package var startWordInterval: UInt64 = 5_000_000_000
    /// How long, at the start, claims wait to be processed for common parameters that are being fetched, in nanoseconds.
    package var parameterGrace = UInt64(Setting.defaultMetadataGrace) * 1_000_000

    package init() {}
}

/// Bounds that nobody needs to set.
enum CollectorBounds {
    /// A file that a scan or a link brought is taken once nobody changed it for this long, in nanoseconds.
    ///
    /// A younger one is taken when the kernel says that nobody is writing it.
    static let settleTime: UInt64 = 250_000_000
    /// An incomplete file is looked at again after this, in nanoseconds (design, section 5).
    static let incompleteInterval: UInt64 = 1_000_000_000
    /// And so often.
    static let incompleteAttempts = 3
    /// A file that somebody else has read is left alone for this, in nanoseconds: a collector that reads files in order to send
    /// them removes them within milliseconds.
    static let courtesyTime: UInt64 = 2_000_000_000
    /// How often a file is left alone for readers; it is claimed then, whoever reads it.
    static let courtesies = 4
    /// A file that was modified longer ago than this, in nanoseconds, is not waited for when it is incomplete.
    static let recently: UInt64 = 4_000_000_000
    /// A file that stays open in its writer is looked at this often at the least, in nanoseconds.
    static let longestWait: UInt64 = 60_000_000_000
    /// Names of one publisher that are kept to be claimed; beyond, its directory is scanned.
    static let dueNamesPerPublisher = 4096
    /// Claims that are kept to be read again; beyond, they are found in the spool.
    static let deferredClaims = 1024
    /// How often one pass tries to claim what the disk or the descriptors refuse.
    static let triesOfOnePass = 3
    /// What the disk or the descriptors refused is tried again after this, in nanoseconds.
    static let troubleInterval: UInt64 = 5_000_000_000
    /// What an event costs in flight besides its text, in bytes.
    static let bytesPerEvent = 320
    /// What a file costs in flight besides its text and events, in bytes.
    static let bytesPerFile = 1024
    /// Bytes of one batch, after which it goes to the sinks.
    static let bytesPerBatch = 192 << 10
    /// Bytes processed before notifications are read again: 2 ms of work, which is what a flood of one publisher may
    /// cost the event of another.
    static let bytesPerTurn = 512 << 10
    /// What keeping a rejected file counts in bytes processed: making its record takes as long.
    static let bytesPerRejectedFile = 32 << 10
    /// Files claimed, and claims processed, before notifications are read again.
    static let claimsPerTurn = 64
    /// Claims that the disk would not let go and that are tried again; with more, nothing else is processed.
    static let unsettledClaims = 4096
    /// Telltale's own reports that may be with the sinks before those that are down get no more.
    static let reportsForAll = 32
    /// Entries of one publisher that are remembered as refused, so that each is reported once.
    static let refusedPerPublisher = 100
    /// How much of the time for a stop a call to a sink that is under way gets at its end, in nanoseconds.
    static let lastCall: UInt64 = 1_000_000_000
    /// How long a reload waits for what is in flight, in nanoseconds: meanwhile nothing is claimed.
    static let reloadWait: UInt64 = 1_000_000_000
    /// Sinks that are all in calls for longer than this, in nanoseconds, are not waited for with the admission.
    static let stallTime: UInt64 = 250_000_000
    /// A sink whose call takes longer than this, in nanoseconds, is told as stuck.
    static let stuckAfter: UInt64 = 5_000_000_000
    /// The least time between two status lines, in nanoseconds.
    static let statusInterval: UInt64 = 1_000_000_000
}
