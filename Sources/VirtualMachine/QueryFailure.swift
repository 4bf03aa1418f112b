/// Why a service told nothing, or not everything, that can be used.
struct QueryFailure: Error, Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// Nobody answered in time.
        case unreachable
        /// What was answered is of no use.
        case unusable
    }

    let kind: Kind
    let reason: String
}
