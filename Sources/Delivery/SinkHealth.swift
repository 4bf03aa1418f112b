/// Whether a sink works, and since when it does not.
struct SinkHealth: Sendable {
    /// What operators are told of a change.
    enum Change: Hashable, Sendable {
        case failing(reason: String)
        case throttled(reason: String)
        /// After so many nanoseconds.
        case recovered(after: UInt64)
        case closed(reason: String)
    }

    private(set) var state: Delivery.SinkStatus.State = .working

    /// A call ended early because the destination failed; `now` is in nanoseconds since boot.
    mutating func failed(reason: String, now: UInt64) -> Change? {
        switch state {
        case .working, .throttled:
            state = .failing(since: now, reason: reason)
            return .failing(reason: reason)
        case .failing(let since, _):
            // The period goes on; its last reason is what a status wants.
            state = .failing(since: since, reason: reason)
            return nil
        case .closed:
            return nil
        }
    }

    /// A call ended early because the destination takes no more for now.
    mutating func throttled(reason: String, now: UInt64) -> Change? {
        switch state {
        case .working, .failing:
            state = .throttled(since: now, reason: reason)
            return .throttled(reason: reason)
        case .throttled(let since, _):
            state = .throttled(since: since, reason: reason)
            return nil
        case .closed:
            return nil
        }
    }

    /// A call finished all that it was given, or as much as the destination's pace allows.
    mutating func succeeded(now: UInt64) -> Change? {
        switch state {
        case .failing(let since, _), .throttled(let since, _):
            state = .working
            return .recovered(after: now - min(now, since))
        case .working, .closed:
            return nil
        }
    }

    /// The destination is gone for good.
    mutating func closed(reason: String) -> Change? {
        if case .closed = state { return nil }
        state = .closed(reason: reason)
        return .closed(reason: reason)
    }
}
