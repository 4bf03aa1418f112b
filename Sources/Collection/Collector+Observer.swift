package import Reporting

extension Collector {
    /// What the service wants to know while the collector runs.
    ///
    /// Called on the collector's thread.
    package struct Observer {
        /// The first scan takes long, and goes on; called at most every `startWordInterval` of the settings.
        package var starting: (String) -> Void = { _ in }
        /// All watches stand and the first scan is done.
        package var ready: () -> Void = {}
        /// What is in flight is waited for, nothing more is taken.
        package var stopping: () -> Void = {}
        /// Somebody wants the configuration to be read again; ``Ending/reloading`` follows when that accepts a new one.
        package var reload: () -> ReloadOutcome = { .unchanged }
        /// What a status tells may be other than before; called at most once a second.
        package var changed: () -> Void = {}
        /// A line for operators, when something changed, at most once a second.
        package var status: (String) -> Void = { _ in }
        /// The work goes on; called at least every `heartbeatInterval` nanoseconds, when that is set.
        package var heartbeat: () -> Void = {}
        package var heartbeatInterval: UInt64?

        package init() {}
    }

    /// When the collector's work ends.
    package enum Mode: Sendable {
        /// When it is told to stop.
        case service
        /// When all that is there is delivered.
        case onePass
    }

    /// How the collector ended.
    package enum Ending: Sendable {
        /// All in flight was acknowledged.
        case complete
        /// A new configuration was accepted; what is left stays in the spool.
        case reloading
        /// A stop did not wait any longer: so many claims stay in the spool for the next start.
        case left(claims: Int)
        /// One pass was stopped before all that was there was taken; the spool and the publishers keep what is left.
        case interrupted
        /// A sink is gone for good.
        case sinkClosed(name: String, reason: String)
        /// One pass could not claim everything; the notices say what and why.
        case incomplete
    }
}
