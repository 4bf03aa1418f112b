package import TelemetryEvents

/// A destination of telemetry events.
///
/// One thread of its own calls it, so that it may block; a slow sink delays no other.
package protocol Sink: Sendable {
    /// `journal`, `wireserver`, `otlp` or `ndjson`.
    var name: String { get }

    /// Delivers the events in their order, as far as it comes.
    ///
    /// It returns as soon as every event is delivered or refused for good, or when nothing more can be done for now. A later
    /// call with the rest continues where this one stopped.
    func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome

    /// Which events one call is given together.
    var grouping: SinkGrouping { get }
}

extension Sink {
    package var grouping: SinkGrouping { .none }
}

/// Which events a sink is given together.
package enum SinkGrouping: Sendable {
    /// All, in the order in which they were admitted.
    case none
    /// Those of one provider, in that order.
    case byProvider
}

/// How far a sink came with the events that it was given.
package struct DeliveryOutcome: Sendable {
    /// What to do with the events after the finished ones.
    package enum Rest: Sendable {
        /// There are none: all are finished.
        case none
        /// The destination is well, but its pace is kept: go on with them after this delay.
        case paced(after: Duration)
        /// The destination takes no more for now: go on with them, not before `after` when it asked for that, else by the
        /// schedule of throttling.
        case throttled(after: Duration?, reason: String)
        /// Try them again, not before `after` when the destination asked for that, else by the retry schedule.
        case retry(after: Duration?, reason: String)
        /// The destination is gone for good (the reader closed the pipe): the events stay in the spool.
        case closed(reason: String)
    }

    /// The number of leading events that are delivered or refused for good.
    package var finished: Int
    /// Those of the finished that the destination will never take.
    package var refused: [RefusedEvent]
    /// Others of the finished that it will never take, without saying which.
    package var unnamedRefusals: [UnnamedRefusals]
    package var rest: Rest

    package init(
        finished: Int, refused: [RefusedEvent] = [], unnamedRefusals: [UnnamedRefusals] = [], rest: Rest
    ) {
        self.finished = finished
        self.refused = refused
        self.unnamedRefusals = unnamedRefusals
        self.rest = rest
    }
}

/// A number of events that a sink will never take, of which it does not say which they are.
package struct UnnamedRefusals: Hashable, Sendable {
    package let count: Int
    package let reason: String

    package init(count: Int, reason: String) {
        self.count = count
        self.reason = reason
    }
}

/// An event that a sink will never take, with the destination's answer.
package struct RefusedEvent: Sendable {
    package let event: TelemetryEvent
    package let reason: String

    package init(event: TelemetryEvent, reason: String) {
        self.event = event
        self.reason = reason
    }
}
