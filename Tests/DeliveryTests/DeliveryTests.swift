import SystemCalls
import TelemetryEvents
import Testing

@testable import Delivery

@Suite struct DeliveryTests {
    @Test func aReceiptComesWhenAllSinksHaveFinishedABatchAndNotBefore() throws {
        let fast = ScriptedSink("fast")
        let slow = ScriptedSink("slow")
        slow.setBlocked(true)
        let watched = try WatchedDelivery([fast, slow])
        watched.submit(1, 0..<2)
        // Before the second batch, so that it is not handed over together with the first.
        #expect(fast.calls(atLeast: 1) != nil)
        #expect(slow.calls(atLeast: 1) != nil)
        watched.submit(2, 2..<4)
        // The fast one is done with both while the slow one holds the first.
        #expect(fast.calls(atLeast: 2) == [[0, 1], [2, 3]])
        #expect(watched.delivery.takeReceipts().isEmpty)
        slow.setBlocked(false)
        #expect(watched.receipts(2) == [1, 2])
        #expect(watched.delivery.status().map(\.delivered) == [4, 4])
    }

    @Test func ownReportsAreDeliveredButNotCounted() throws {
        let sink = ScriptedSink("s", script: [ScriptedSink.retry(finishing: 2)])
        let watched = try WatchedDelivery([sink])
        for number: UInt64 in [1, 3] {
            watched.submit([SampleEvents.agentEvent([], in: SampleEvents.file(nil, from: .telltale, claim: number))])
            watched.submit(number + 1, 0..<3)
        }
        #expect(watched.receipts(4)?.sorted() == [1, 2, 3, 4])
        #expect(watched.delivery.status().map(\.delivered) == [6])
    }

    @Test func aSinkThatFailsHoldsUpNoOther() throws {
        let good = ScriptedSink("good")
        let bad = ScriptedSink("bad", script: Array(repeating: ScriptedSink.retry(), count: 50))
        let watched = try WatchedDelivery([good, bad])
        watched.submit(1, 0..<2)
        #expect(good.calls(atLeast: 1) == [[0, 1]])
        #expect(watched.receipts(1) == [1])
        #expect(bad.calls(atLeast: 51)?.count == 51)
        #expect(watched.now.pauses.count == 50)
        #expect(watched.now.pauses.allSatisfy { $0 >= .milliseconds(250) && $0 <= .seconds(60) })
    }

    @Test func deliveryGoesOnAtTheFirstEventThatIsNotFinished() throws {
        let sink = ScriptedSink(
            "s", script: [ScriptedSink.retry(finishing: 2), ScriptedSink.retry(), ScriptedSink.retry(finishing: 1)])
        let watched = try WatchedDelivery([sink])
        watched.submit(1, 0..<5)
        #expect(watched.receipts(1) == [1])
        #expect(sink.calls(atLeast: 4) == [[0, 1, 2, 3, 4], [2, 3, 4], [2, 3, 4], [3, 4]])
        // Progress begins the schedule anew.
        let pauses = watched.now.pauses
        #expect(pauses.count == 3)
        #expect(pauses[0] <= .milliseconds(500))
        #expect(pauses[1] >= .milliseconds(500))
        #expect(pauses[2] <= .milliseconds(500))
    }

    @Test func theDestinationsOwnDelayIsHonoured() throws {
        let sink = ScriptedSink("s", script: [ScriptedSink.retry(after: .seconds(600))])
        let watched = try WatchedDelivery([sink])
        watched.submit(1, 0..<1)
        #expect(watched.receipts(1) == [1])
        #expect(watched.now.pauses == [.seconds(600)])
    }

    @Test func orderIsKeptAndWaitingBatchesGoTogether() throws {
        let sink = ScriptedSink("s")
        sink.setBlocked(true)
        let watched = try WatchedDelivery([sink])
        watched.submit(1, 0..<1)
        #expect(sink.calls(atLeast: 1) == [[0]])
        for number in 1..<10 { watched.submit(UInt64(number) + 1, number..<(number + 1)) }
        sink.setBlocked(false)
        #expect(watched.receipts(10) == Array(1...10))
        #expect(sink.calls(atLeast: 2) == [[0], Array(1..<10)])
    }

    @Test func aClosedSinkIsToldAndItsBatchesGetNoReceipt() throws {
        let closing = ScriptedSink(
            "closing", script: [{ _ in DeliveryOutcome(finished: 1, rest: .closed(reason: "gone")) }])
        let good = ScriptedSink("good")
        let watched = try WatchedDelivery([closing, good])
        watched.submit(1, 0..<2)
        #expect(watched.waits { $0.progressed > 0 })
        // Before the second batch, so that the good sink is not handed both together.
        #expect(good.calls(atLeast: 1) != nil)
        watched.submit(2, 2..<3)
        #expect(good.calls(atLeast: 2) != nil)
        #expect(watched.delivery.takeReceipts().isEmpty)
        #expect(closing.calls(atLeast: 1) == [[0, 1]])
        guard case .closed(let reason) = watched.delivery.status()[0].state else {
            Issue.record("not closed")
            return
        }
        #expect(reason == "gone")
    }

    @Test func aSinkThatBeginsToFailIsToldWithoutFurtherTraffic() throws {
        let failing = ScriptedSink("failing", script: [ScriptedSink.retry(after: .seconds(3000))])
        let watched = try WatchedDelivery([failing], realTime: true)
        watched.submit(1, 0..<1)
        #expect(watched.waits { $0.progressed == 1 })
        guard case .failing(_, let reason) = watched.delivery.status()[0].state else {
            Issue.record("not failing")
            return
        }
        #expect(reason == "not now")
    }

    @Test func aSinkThatWorksAgainIsToldThoughNoReceiptWaits() throws {
        let recovering = ScriptedSink("recovering", script: [ScriptedSink.retry()])
        let slow = ScriptedSink("slow")
        slow.setBlocked(true)
        defer { slow.setBlocked(false) }
        let watched = try WatchedDelivery([recovering, slow])
        watched.submit(1, 0..<1)
        #expect(watched.waits { $0.progressed == 2 })
        #expect(watched.delivery.takeReceipts().isEmpty)
        guard case .working = watched.delivery.status()[0].state else {
            Issue.record("not working")
            return
        }
    }

    @Test func refusedEventsStandInTheReceiptOfTheirBatch() throws {
        let sink = ScriptedSink(
            "s",
            script: [
                { events in
                    let refused = [events[events.startIndex + 1], events[events.startIndex + 2]].map {
                        RefusedEvent(event: $0, reason: "too big")
                    }
                    return DeliveryOutcome(finished: events.count, refused: refused, rest: .none)
                }
            ])
        let watched = try WatchedDelivery([sink])
        watched.submit(1, 0..<3)
        #expect(watched.receipts(1) == [1])
        #expect(watched.waits { $0.refused == ["s 1 too big", "s 2 too big"] })
        #expect(watched.delivery.status().map(\.refused) == [2])
        #expect(watched.delivery.status().map(\.delivered) == [1])
    }

    @Test func stoppingInterruptsTheWaitForARetry() throws {
        let sink = ScriptedSink("s", script: [ScriptedSink.retry(after: .seconds(3000))])
        let watched = try WatchedDelivery([sink], realTime: true)
        watched.submit(1, 0..<1)
        #expect(sink.calls(atLeast: 1) != nil)
        watched.delivery.stop()
        #expect(watched.delivery.hasEnded(within: .seconds(20)))
        #expect(watched.delivery.takeReceipts().isEmpty)
        #expect(sink.calls(atLeast: 1)?.count == 1)
    }

    @Test func aSinkThatBlocksHoldsUpTheEndNoLongerThanAskedFor() throws {
        let sink = ScriptedSink("s")
        sink.setBlocked(true)
        let watched = try WatchedDelivery([sink])
        watched.submit(1, 0..<1)
        #expect(sink.calls(atLeast: 1) != nil)
        watched.delivery.stop()
        #expect(!watched.delivery.hasEnded(within: .milliseconds(10)))
        #expect(watched.delivery.status()[0].callingSince != nil)
        sink.setBlocked(false)
        #expect(watched.delivery.hasEnded(within: .seconds(20)))
    }

    @Test func aStatusSaysSinceWhenAndWhyASinkFails() {
        var health = SinkHealth()
        #expect(health.failed(reason: "a", now: 5) == true)
        #expect(health.takeNews(now: 5) == .failing(for: 0, reason: "a"))
        #expect(health.failed(reason: "b", now: 9) == false)
        #expect(health.takeNews(now: 9) == nil)
        guard case .failing(let since, let reason) = health.state else {
            Issue.record("not failing")
            return
        }
        #expect(since == 5 && reason == "b")
        #expect(health.succeeded() == true)
        #expect(health.takeNews(now: 12) == .recovered(after: 7))
        #expect(health.succeeded() == false)
        #expect(health.takeNews(now: 13) == nil)
        #expect(health.closed(reason: "c") == true)
        #expect(health.takeNews(now: 14) == .closed(reason: "c"))
        #expect(health.failed(reason: "d", now: 15) == false)
        #expect(health.takeNews(now: 15) == nil)
    }

    @Test func operatorsAreNeverLeftToBelieveThatASinkThatFailsIsWell() {
        let period: UInt64 = 300_000_000_000
        var health = SinkHealth()
        var told: [SinkHealth.News] = []
        for now in 1...1000 as ClosedRange<UInt64> {
            _ = now % 2 == 1 ? health.failed(reason: "r", now: now) : health.succeeded()
            if let news = health.takeNews(now: now) { told.append(news) }
        }
        #expect(told == [.failing(for: 0, reason: "r"), .recovered(after: 1)])
        // Now it fails for good; every retry asks.
        #expect(health.failed(reason: "r", now: 1001) == true)
        #expect(health.takeNews(now: period) == nil)
        #expect(health.failed(reason: "s", now: period + 1) == false)
        #expect(health.takeNews(now: period + 1) == .failing(for: period - 1000, reason: "s"))
    }
}
