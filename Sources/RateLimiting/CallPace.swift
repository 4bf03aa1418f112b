/// How often a destination is called that tells when it is called too often, but not how often it may be.
///
/// Calls are free until one is throttled. From then on they are an interval apart, which each throttled call makes longer and
/// each other one a little shorter, so that the pace settles close to what the destination allows: it is throttled now and
/// then, not all the time. Calls that are throttled one after the other wait twice as long each time, which leaves the
/// interval alone: they tell that a burst is not forgotten yet. Pure: it is told the time.
package struct CallPace: Sendable {
    /// The interval after the first throttled call, in nanoseconds; so is every one below.
    private static let firstInterval: UInt64 = 1_000_000_000
    /// No call waits longer, but for what the destination asks for.
    private static let longestWait: UInt64 = 60_000_000_000
    /// Calls that may be closer than this are free.
    private static let shortestInterval: UInt64 = 10_000_000
    /// After this time without any call they are free again.
    private static let quietTime: UInt64 = 300_000_000_000
    /// A call that is not throttled shortens the interval by this part of it.
    private static let shortening: UInt64 = 256
    /// An interval that lets fewer calls pass than this before the next is throttled is much too short.
    private static let fewCalls = 8

    /// Nil while calls are free.
    private var interval: UInt64?
    /// How long after the last call the next may be made; the interval, unless the last call was throttled.
    private var wait: UInt64 = 0
    /// The calls since the last throttled one, up to ``fewCalls``.
    private var passed = 0
    private var lastCall = BootInstant(nanoseconds: 0)
    /// What the destination asked for.
    private var notBefore = BootInstant(nanoseconds: 0)

    package init() {}

    /// How long a call has to wait; nil when it may be made now.
    package mutating func delay(at now: BootInstant) -> Duration? {
        if interval != nil, now >= lastCall.advanced(by: Self.quietTime) { interval = nil }
        let earliest = interval == nil ? notBefore : max(notBefore, lastCall.advanced(by: wait))
        guard now < earliest else { return nil }
        return .nanoseconds(earliest.nanoseconds - now.nanoseconds)
    }

    /// A call is made.
    package mutating func called(at now: BootInstant) {
        lastCall = now
    }

    /// The last call was answered, and not throttled.
    package mutating func passed(at now: BootInstant) {
        guard let interval else { return }
        passed = min(passed + 1, Self.fewCalls)
        wait = interval - interval / Self.shortening
        self.interval = wait < Self.shortestInterval ? nil : wait
    }

    /// The last call was throttled; `asked` is how long the destination wants not to be called.
    package mutating func throttled(at now: BootInstant, asked: Duration?) {
        if let interval {
            if passed == 0 {
                wait = min(wait * 2, Self.longestWait)
            } else {
                wait = min(passed < Self.fewCalls ? interval * 2 : interval + interval / 4, Self.longestWait)
                self.interval = wait
            }
        } else {
            wait = Self.firstInterval
            interval = wait
        }
        passed = 0
        guard let asked, asked > .zero else { return }
        let bounded = min(asked, RetrySchedule.longestAskedFor)
        notBefore = now.advanced(by: UInt64(bounded / .nanoseconds(1)))
    }
}
