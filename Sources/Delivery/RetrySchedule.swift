/// How long a sink waits before it tries again: growing, jittered delays that progress resets.
///
/// The n-th delay in a row lies anywhere between a half and the whole of `first * 2^n`, so that many machines that lost the
/// same destination do not come back in step.
struct RetrySchedule: Hashable, Sendable {
    /// The first delay is at most this long, and at least half as long.
    static let first: Duration = .milliseconds(500)
    /// No delay of the schedule is longer.
    static let longest: Duration = .seconds(60)
    /// No delay that a destination asks for is honoured beyond this.
    static let longestAskedFor: Duration = .seconds(3600)

    private var ceiling = RetrySchedule.first

    /// The delay after one more failure; not shorter than `minimum`, which the destination asked for.
    mutating func next(
        atLeast minimum: Duration? = nil, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let half = ceiling / 2
        // One draw, scaled to the microseconds of the half: the bias of that is nothing here.
        let steps = UInt64(half / .microseconds(1)) + 1
        let delay = half + .microseconds(generator.next().multipliedFullWidth(by: steps).high)
        ceiling = min(ceiling * 2, Self.longest)
        guard let minimum else { return delay }
        return max(delay, min(minimum, Self.longestAskedFor))
    }

    /// Something was delivered: the next failure is a first one.
    mutating func reset() {
        ceiling = Self.first
    }
}
