import TelemetryEvents
import Testing

@testable import Delivery

@Suite struct LaneQueueTests {
    private func part(_ claim: UInt64, _ range: Range<Int>, cost: Int = 1) -> DeliveryBatch.Part {
        .init(events: SampleEvents.numbered(range, claim: claim)[...], sinks: SinkSet(place: 0), cost: cost)
    }

    private func queue(_ ranges: [Range<Int>]) -> LaneQueue {
        var queue = LaneQueue()
        for (number, range) in ranges.enumerated() { queue.append(part(UInt64(number), range)) }
        return queue
    }

    /// The claims and counts of what is finished, as `claim:count`.
    private func told(_ finished: [LaneQueue.FinishedEvents]) -> [String] {
        finished.map { "\($0.claim.time):\($0.count)" }
    }

    @Test func aLargePartGoesAlone() {
        let size = LaneQueue.togetherAtMost
        var queue = queue([0..<size, size..<(size + 1)])
        #expect(queue.next().map(\.index) == Array(0..<size))
    }

    @Test func smallPartsGoTogetherUpToTheBound() {
        let size = LaneQueue.togetherAtMost
        var queue = queue([0..<10, 10..<(size - 10), (size - 10)..<size, size..<(size + 5)])
        #expect(queue.next().map(\.index) == Array(0..<size))
        // Finishing may end within a claim.
        #expect(told(queue.finish(11)) == ["0:10", "1:1"])
        #expect(queue.next().first?.index == 11)
        #expect(told(queue.finish(size - 11)) == ["1:\(size - 21)", "2:10"])
        #expect(queue.next().map(\.index) == Array(size..<(size + 5)))
        #expect(told(queue.finish(5)) == ["3:5"])
        #expect(queue.isEmpty)
    }

    @Test func refusedEventsFindTheirClaimAcrossCalls() {
        var queue = queue([0..<3, 3..<5])
        let events = queue.next()
        let refused = [0, 2, 4].map { RefusedEvent(event: events[events.startIndex + $0], reason: "no") }
        #expect(queue.finish(1, refused: [refused[0]]).map { $0.refused.map(\.event.index) } == [[0]])
        _ = queue.next()
        let finished = queue.finish(4, refused: [refused[1], refused[2]])
        #expect(finished.map { $0.refused.map(\.event.index) } == [[2], [4]])
    }

    @Test func aLongRunKeepsItsOrder() {
        var queue = LaneQueue()
        var numbers: [UInt64] = []
        for number in 0..<1000 {
            queue.append(part(UInt64(number), 0..<2))
            if number % 3 == 2 {
                _ = queue.next()
                numbers += queue.finish(2).map(\.claim.time)
            }
        }
        while !queue.isEmpty { numbers += queue.finish(queue.next().count).map(\.claim.time) }
        #expect(numbers == Array(0..<1000))
    }

    @Test func whatAPartTakesOfTheBudgetIsGivenBackWithItsLastEvent() {
        var queue = LaneQueue()
        queue.append(part(1, 0..<3, cost: 100))
        queue.append(part(2, 0..<1, cost: 20))
        #expect(queue.cost == 120)
        _ = queue.next()
        _ = queue.finish(2)
        #expect(queue.cost == 120)
        _ = queue.next()
        _ = queue.finish(1)
        #expect(queue.cost == 20)
        _ = queue.next()
        _ = queue.finish(1)
        #expect(queue.cost == 0)
    }

    @Test func eventsOfEachProviderGoTogetherInTheirOrderAndTheOldestWaitsNoLonger() {
        var queue = LaneQueue(grouping: .byProvider)
        for (claim, providers) in [["A", "B"], ["B"], ["A", "C", "A"]].enumerated() {
            let file = SampleEvents.file(claim: UInt64(claim))
            let events = providers.enumerated().map { index, provider in
                SampleEvents.agentEvent([], in: file, index: index, provider: UTF8Text(provider))
            }
            queue.append(.init(events: events[...], sinks: SinkSet(place: 0), cost: 10))
        }
        let take = { (queue: inout LaneQueue) in
            let events = queue.next()
            let told = events.map { "\($0.providerID)\($0.file.claim.time).\($0.index)" }
            _ = queue.finish(events.count)
            return told
        }
        // The line without progress lets the next one go first, and comes again behind it.
        _ = queue.next()
        queue.postpone()
        #expect(queue.next().first?.providerID == "B")
        queue.postpone()
        #expect(take(&queue) == ["A0.0", "A2.0", "A2.2"])
        #expect(take(&queue) == ["B0.1", "B1.0"])
        #expect(take(&queue) == ["C2.1"])
        #expect(queue.isEmpty && queue.cost == 0)
    }
}
