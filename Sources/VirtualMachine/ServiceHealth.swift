/// Whether a service answers, and since when not.
struct ServiceHealth: Sendable {
    /// What is told when it changes.
    enum Change: Hashable, Sendable {
        /// It was never reached: off the platform it does not exist.
        case absent
        /// It was reached once, or answers what is of no use.
        case failing
        case recovered
    }

    private enum State {
        case unasked
        case answering
        case absent
        case failing
    }

    private var state = State.unasked

    mutating func succeeded() -> Change? {
        defer { state = .answering }
        switch state {
        case .unasked, .answering: return nil
        case .absent, .failing: return .recovered
        }
    }

    mutating func failed(_ kind: QueryFailure.Kind) -> Change? {
        switch (state, kind) {
        case (.failing, _), (.absent, .unreachable): return nil
        case (.unasked, .unreachable):
            state = .absent
            return .absent
        case (.answering, _), (.unasked, .unusable), (.absent, .unusable):
            state = .failing
            return .failing
        }
    }
}
