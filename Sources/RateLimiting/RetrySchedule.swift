/// How long something that failed waits before it is tried again: growing, jittered delays that progress resets.
///
/// The n-th delay in a row lies anywhere between a half and the whole of `first * 2^n`, so that many machines that lost the
/// same destination do not come back in step.
package struct RetrySchedule: Hashable, Sendable {
    /// No delay that a destination asks for is honoured beyond this.
    package static let longestAskedFor: Duration = .seconds(3600)

    private let first: Duration
    private let longest: Duration
    private var ceiling: Duration

    /// A schedule whose first delay is at most `first`, and at least half as long, and no delay longer than `longest`.
    package init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
        ceiling = first
    }

    /// The delay after one more failure; not shorter than `minimum`, which the destination asked for.
    package mutating func next(
        atLeast minimum: Duration? = nil, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let half = ceiling / 2
        // One draw, scaled to the microseconds of the half: the bias of that is nothing here.
        let steps = UInt64(half / .microseconds(1)) + 1
        let delay = half + .microseconds(generator.next().multipliedFullWidth(by: steps).high)
        ceiling = min(ceiling * 2, longest)
        guard let minimum else { return delay }
        return max(delay, min(minimum, Self.longestAskedFor))
    }

    /// There was progress: the next failure is a first one.
    package mutating func reset() {
        ceiling = first
    }
}
