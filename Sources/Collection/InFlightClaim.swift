internal import Reporting

/// A claim whose events are with the sinks.
struct InFlightClaim {
    let publisher: Publisher
    let claim: Claim
    /// Bytes of its file.
    let size: Int
    /// What it takes of the budget of bytes in flight.
    let cost: Int
    /// How many of its accepted events are delivered once this batch is, in all.
    let deliveredPart: Int
    /// Whether nothing of it is held back, so that it goes when the batch is acknowledged.
    let isWhole: Bool
    /// What is wrong with some of its events; nil when nothing is.
    let record: RejectionRecord?
}
