internal import Reporting

/// Whether a service answers, and what operators know of it.
struct ServiceHealth: Sendable {
    /// How it is, as operators are told.
    enum Condition: Hashable, Sendable {
        /// It answers, or was not asked yet.
        case answering
        /// It was never reached: off the platform it does not exist.
        case absent
        /// It was reached once, or answers what is of no use.
        case failing
    }

    /// A service that fails and recovers all the time is told of this often, in nanoseconds.
    private static let noticePeriod: UInt64 = 300_000_000_000

    private var wasReached = false
    private var told = ToldState(calm: Condition.answering, period: noticePeriod)

    /// It answered; the condition, where operators are to be told of it now.
    ///
    /// `now` is in nanoseconds since boot.
    mutating func succeeded(now: UInt64) -> Condition? {
        wasReached = true
        return changed(to: .answering, now: now)
    }

    /// It did not; the condition, where operators are to be told of it now.
    mutating func failed(_ kind: QueryFailure.Kind, now: UInt64) -> Condition? {
        if kind == .unusable { wasReached = true }
        return changed(to: wasReached ? .failing : .absent, now: now)
    }

    private mutating func changed(to condition: Condition, now: UInt64) -> Condition? {
        told.shouldTell(condition, now: now) ? condition : nil
    }
}
