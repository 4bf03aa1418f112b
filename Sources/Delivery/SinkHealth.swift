internal import Reporting

/// Whether a sink works, and since when it does not.
struct SinkHealth: Sendable {
    /// What operators are told of a change.
    enum News: Hashable, Sendable {
        /// For so many nanoseconds already.
        case failing(for: UInt64, reason: String)
        case throttled(for: UInt64, reason: String)
        /// After so many nanoseconds.
        case recovered(after: UInt64)
        case closed(reason: String)
    }

    private enum Trouble: Hashable {
        case none
        case failing
        case throttled
        case closed
    }

    /// A sink that fails and recovers all the time is told of this often, in nanoseconds.
    private static let noticePeriod: UInt64 = 300_000_000_000

    private(set) var state: Delivery.SinkStatus.State = .working
    /// When the last failing or throttling began, in nanoseconds since boot.
    private var unwellSince: UInt64 = 0
    private var told = ToldState(calm: Trouble.none, period: noticePeriod)

    /// A call ended early because the destination failed; `now` is in nanoseconds since boot.
    ///
    /// Like the others it answers whether that is a change.
    mutating func failed(reason: String, now: UInt64) -> Bool {
        switch state {
        case .working, .throttled:
            unwellSince = now
            state = .failing(since: now, reason: reason)
            return true
        case .failing(let since, _):
            // The period goes on; its last reason is what a status wants.
            state = .failing(since: since, reason: reason)
            return false
        case .closed:
            return false
        }
    }

    /// A call ended early because the destination takes no more for now.
    mutating func throttled(reason: String, now: UInt64) -> Bool {
        switch state {
        case .working, .failing:
            unwellSince = now
            state = .throttled(since: now, reason: reason)
            return true
        case .throttled(let since, _):
            state = .throttled(since: since, reason: reason)
            return false
        case .closed:
            return false
        }
    }

    /// A call finished all that it was given, or as much as the destination's pace allows.
    mutating func succeeded() -> Bool {
        switch state {
        case .failing, .throttled:
            state = .working
            return true
        case .working, .closed:
            return false
        }
    }

    /// The destination is gone for good.
    mutating func closed(reason: String) -> Bool {
        if case .closed = state { return false }
        state = .closed(reason: reason)
        return true
    }

    /// What operators are to be told now; to be asked after every call.
    mutating func takeNews(now: UInt64) -> News? {
        let since = now - min(now, unwellSince)
        let (trouble, news): (Trouble, News) =
            switch state {
            case .working: (.none, .recovered(after: since))
            case .failing(_, let reason): (.failing, .failing(for: since, reason: reason))
            case .throttled(_, let reason): (.throttled, .throttled(for: since, reason: reason))
            case .closed(let reason): (.closed, .closed(reason: reason))
            }
        return told.shouldTell(trouble, now: now) ? news : nil
    }
}
