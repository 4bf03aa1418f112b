internal import Delivery
internal import Reporting

/// A claim whose events are with sinks.
struct InFlightClaim {
    let publisher: Publisher
    let claim: Claim
    /// Who has to finish it, those included that it is with.
    let owed: SinkSet
    /// With whom its events are.
    let submitted: SinkSet
    /// The position of the last of its events that are admitted.
    let lastIndex: Int
    /// Whether nothing of it is held back, so that it goes when all have finished it.
    let isWhole: Bool
    /// What is wrong with some of its events; nil when nothing is.
    let record: RejectionRecord?
}
