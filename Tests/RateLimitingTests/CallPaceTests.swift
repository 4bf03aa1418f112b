import RateLimiting
import Testing

/// Time in nanoseconds.
private let second: UInt64 = 1_000_000_000

/// A server that allows so many calls in any period, and lets some time pass with each.
private struct LimitingServer {
    let limit: Int
    let period: UInt64
    /// Whether calls that were refused count as calls.
    let countsRefused: Bool
    private var calls: [UInt64] = []

    init(limit: Int = 15, period: UInt64 = 15 * second, countsRefused: Bool = false) {
        self.limit = limit
        self.period = period
        self.countsRefused = countsRefused
    }

    mutating func takes(at now: UInt64) -> Bool {
        if let first = calls.first, first + period <= now { calls.removeAll { $0 + period <= now } }
        let isTaken = calls.count < limit
        if isTaken || countsRefused { calls.append(now) }
        return isTaken
    }
}

/// Calls as fast as the pace allows, each taking 2 ms.
private struct PacedCaller {
    var pace = CallPace()
    var now: UInt64
    var server: LimitingServer
    /// When each call was made, and whether it was taken.
    var calls: [(at: UInt64, isTaken: Bool)] = []
    private var taken = 0

    init(to server: LimitingServer, from start: UInt64 = 1000 * second) {
        self.server = server
        now = start
    }

    mutating func call(asked: Duration? = nil) {
        if let delay = pace.delay(at: BootInstant(nanoseconds: now)) { now += UInt64(delay / .nanoseconds(1)) }
        pace.called(at: BootInstant(nanoseconds: now))
        let isTaken = server.takes(at: now)
        calls.append((now, isTaken))
        if isTaken { taken += 1 }
        now += 2_000_000
        let answered = BootInstant(nanoseconds: now)
        if isTaken { pace.passed(at: answered) } else { pace.throttled(at: answered, asked: asked) }
    }

    /// Calls until so many more were taken.
    mutating func call(untilTaken count: Int) {
        let end = taken + count
        while taken < end { call() }
    }
}

@Suite struct CallPaceTests {
    @Test func callsAreFreeUntilOneIsThrottled() {
        var caller = PacedCaller(to: LimitingServer(limit: 1000))
        caller.call(untilTaken: 1000)
        #expect(caller.now == 1000 * second + 1000 * 2_000_000)
        caller.call()
        #expect(caller.pace.delay(at: BootInstant(nanoseconds: caller.now)) == .milliseconds(998))
    }

    @Test(arguments: [
        LimitingServer(), LimitingServer(countsRefused: true), LimitingServer(limit: 3, period: 30 * second),
        LimitingServer(limit: 20, period: 2 * second), LimitingServer(limit: 1, period: second / 4),
        LimitingServer(limit: 1, period: 45 * second),
    ])
    private func aServersLimitIsFoundAndKeptCloseTo(server: LimitingServer) {
        var caller = PacedCaller(to: server)
        caller.call(untilTaken: 5000)
        // Learning takes a minute, or longer for a limit that is far from a call a second.
        let learnt = 1000 * second + (server.limit == 15 ? 60 * second : 10 * max(30 * second, server.period))
        let calls = caller.calls.filter { $0.at > learnt }
        let refused = calls.count { !$0.isTaken }
        #expect(refused * 100 <= calls.count * 3, "\(refused) of \(calls.count) calls were refused")
        let floor = UInt64(calls.count - refused) * server.period / UInt64(server.limit)
        let time = caller.now - learnt
        print(
            "ZZ", server.limit, server.period / second, server.countsRefused, refused, calls.count, time / second,
            floor / second)
        #expect(time <= floor * 5 / 4, "\(time / second) s, \(floor / second) s are needed")
    }

    @Test func callsThatAreThrottledInARowWaitTwiceAsLongEachUpToAMinute() {
        var caller = PacedCaller(to: LimitingServer(limit: 0))
        for _ in 0..<9 { caller.call() }
        let waits = zip(caller.calls, caller.calls.dropFirst()).map { ($1.at - $0.at) / second }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60])
    }

    @Test func aBurstThatWasThrottledLeavesNoLongIntervalBehind() {
        var caller = PacedCaller(to: LimitingServer())
        caller.call(untilTaken: 20)
        let last = caller.calls.suffix(4).map(\.at)
        #expect(zip(last, last.dropFirst()).allSatisfy { $1 - $0 <= second })
    }

    @Test func whatTheServerAsksForIsWaitedWithABound() {
        var caller = PacedCaller(to: LimitingServer(limit: 0))
        caller.call(asked: .seconds(100))
        #expect(caller.pace.delay(at: BootInstant(nanoseconds: caller.now)) == .seconds(100))
        caller.call(asked: .seconds(1_000_000))
        #expect(
            caller.pace.delay(at: BootInstant(nanoseconds: caller.now)) == RetrySchedule.longestAskedFor)
        // What is asked for holds as well when calls would be free again.
        caller.now += 400 * second
        #expect(caller.pace.delay(at: BootInstant(nanoseconds: caller.now)) == .seconds(3200))
    }

    @Test func callsAreFreeAgainAfterAQuietTime() {
        var caller = PacedCaller(to: LimitingServer())
        caller.call(untilTaken: 16)
        func calls(after time: UInt64) -> UInt64 {
            var later = caller
            later.now += time
            later.calls = []
            later.call(untilTaken: 15)
            return later.now - caller.now - time
        }
        #expect(calls(after: 299 * second) > 13 * second)
        #expect(calls(after: 301 * second) < second)
    }

    @Test func aStrayThrottledCallIsForgottenWithinMinutes() {
        var caller = PacedCaller(to: LimitingServer(limit: 1_000_000))
        caller.pace.throttled(at: BootInstant(nanoseconds: caller.now), asked: nil)
        caller.call(untilTaken: 2000)
        #expect(caller.now < 1310 * second)
    }
}
