package import TelemetryEvents

/// The events that cross together from the intake to every sink.
///
/// They come from whole claims or from the admitted beginnings of claims.
package struct DeliveryBatch: Sendable {
    /// Counts up from 1 within the process.
    package let number: UInt64
    package let events: [TelemetryEvent]

    package init(number: UInt64, events: [TelemetryEvent]) {
        self.number = number
        self.events = events
    }
}

/// The proof that every sink has finished with every event of a batch.
///
/// Only ``Delivery`` makes one.
package struct DeliveryReceipt: Sendable {
    /// The number of the batch.
    package let batch: UInt64
    /// What a sink refused for good, by the sink's name.
    ///
    /// These events count as reported, not as lost.
    package let refused: [(sink: String, event: RefusedEvent)]

    init(batch: UInt64, refused: [(sink: String, event: RefusedEvent)]) {
        self.batch = batch
        self.refused = refused
    }
}
