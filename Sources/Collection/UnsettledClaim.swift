internal import Delivery

/// A claim that the disk would not let go, or move: what is still to be done with it.
struct UnsettledClaim {
    /// What the kernel refused.
    enum Step {
        case remove(Settlement)
        /// Nothing but these sinks have to finish it.
        case owe(SinkSet)
    }

    let claim: Claim
    let publisher: Publisher
    let step: Step
}
