import Reporting
import SystemCalls
import TelemetryEvents

@testable import Delivery

/// A sink that answers as a test says and remembers what it was given.
final class ScriptedSink: Sink {
    struct State: Sendable {
        /// The answers to the next calls; after them every call finishes everything.
        var script: [@Sendable (ArraySlice<TelemetryEvent>) -> DeliveryOutcome] = []
        /// The indices of the events of each call.
        var calls: [[Int]] = []
        /// A call waits for as long as this is true.
        var isBlocked = false
    }

    let name: String
    let state: Monitor<State>

    init(_ name: String, script: [@Sendable (ArraySlice<TelemetryEvent>) -> DeliveryOutcome] = []) {
        self.name = name
        state = Monitor(State(script: script))
    }

    func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        let answer = state.withLock { state in
            state.calls.append(events.map(\.index))
            return state.script.isEmpty ? nil : state.script.removeFirst()
        }
        state.wake()
        state.wait { $0.isBlocked ? nil : () }
        return answer?(events) ?? DeliveryOutcome(finished: events.count, rest: .none)
    }

    func setBlocked(_ isBlocked: Bool) {
        state.withLock { $0.isBlocked = isBlocked }
        state.wake()
    }

    /// Waits for the `count`-th call; nil when it does not come.
    func calls(atLeast count: Int) -> [[Int]]? {
        state.wait(atMost: .seconds(20)) { $0.calls.count >= count ? $0.calls : nil }
    }

    static func retry(
        finishing finished: Int = 0, after: Duration? = nil
    ) -> @Sendable (ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        { _ in DeliveryOutcome(finished: finished, rest: .retry(after: after, reason: "not now")) }
    }
}

/// A delivery with what a test watches of it.
final class WatchedDelivery {
    struct Seen: Sendable {
        var receipts: [UInt64] = []
        var refused: [String] = []
        var progressed = 0
        var pauses: [Duration] = []
        var now: UInt64 = 1_000_000_000
    }

    let delivery: Delivery
    private let seen: Monitor<Seen>

    /// Delays pass at once, and the clock moves by them.
    init(_ sinks: [any Sink], realTime: Bool = false) throws {
        let seen = Monitor(Seen())
        self.seen = seen
        let time = LaneTime(
            now: { seen.withLock { $0.now } },
            pause: { delay, _ in
                seen.withLock {
                    $0.pauses.append(delay)
                    $0.now += UInt64(delay / .nanoseconds(1))
                }
                seen.wake()
            })
        delivery = Delivery(
            sinks: sinks, notices: .init(to: .none), time: realTime ? .ofTheMachine : time,
            progressed: {
                seen.withLock { $0.progressed += 1 }
                seen.wake()
            })
        try delivery.start()
    }

    deinit { delivery.stop() }

    /// Hands events of one claim, which bears the number, to the sinks; all of them unless some are named.
    func submit(_ number: UInt64, _ range: Range<Int>, to sinks: SinkSet? = nil, cost: Int = 1) {
        submit(SampleEvents.numbered(range, claim: number), to: sinks, cost: cost)
    }

    func submit(_ events: [TelemetryEvent], to sinks: SinkSet? = nil, cost: Int = 1) {
        var batch = DeliveryBatch()
        batch.add(.init(events: events[...], sinks: sinks ?? delivery.sinks, cost: cost))
        delivery.submit(batch)
    }

    /// Waits for receipts until there are `count` in all, and answers their claims' numbers; nil when they do not come.
    func receipts(_ count: Int) -> [UInt64]? {
        seen.wait(atMost: .seconds(20)) { [delivery] seen in
            for receipt in delivery.takeReceipts() {
                seen.receipts.append(receipt.claim.time)
                seen.refused += receipt.refused.map { "\($0.sink) \($0.event.event.index) \($0.event.reason)" }
            }
            return seen.receipts.count >= count ? seen.receipts : nil
        }
    }

    /// Waits until something `isThere`.
    func waits(until isThere: (Seen) -> Bool) -> Bool {
        seen.wait(atMost: .seconds(20)) { isThere($0) ? () : nil } != nil
    }

    var now: Seen { seen.withLock { $0 } }
}
