package import TelemetryEvents

/// The events that cross together from the intake to the sinks.
package struct DeliveryBatch: Sendable {
    /// Events of one claim, in their order, for the same sinks.
    package struct Part: Sendable {
        /// Not empty, and all of one file.
        package let events: ArraySlice<TelemetryEvent>
        package let sinks: SinkSet
        /// What they take of each sink's budget of bytes in flight.
        package let cost: Int

        package init(events: ArraySlice<TelemetryEvent>, sinks: SinkSet, cost: Int) {
            precondition(!events.isEmpty && !sinks.isEmpty, "A part has events for someone.")
            self.events = events
            self.sinks = sinks
            self.cost = cost
        }

        var claim: ClaimID { events[events.startIndex].file.claim }
    }

    package private(set) var parts: [Part] = []

    package init() {}

    package mutating func add(_ part: Part) {
        parts.append(part)
    }
}

/// The proof that each sink has finished with every event of a claim that was handed to it.
///
/// Only ``Delivery`` makes one.
package struct DeliveryReceipt: Sendable {
    package let claim: ClaimID
    /// What a sink refused for good, by the sink's name.
    ///
    /// These events count as reported, not as lost.
    package let refused: [(sink: String, event: RefusedEvent)]

    init(claim: ClaimID, refused: [(sink: String, event: RefusedEvent)]) {
        self.claim = claim
        self.refused = refused
    }
}
