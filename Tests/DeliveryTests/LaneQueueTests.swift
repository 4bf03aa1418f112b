import TelemetryEvents
import Testing

@testable import Delivery

@Suite struct LaneQueueTests {
    private func queue(_ ranges: [Range<Int>]) -> LaneQueue {
        var queue = LaneQueue()
        for (number, range) in ranges.enumerated() {
            queue.append(DeliveryBatch(number: UInt64(number), events: SampleEvents.numbered(range)))
        }
        return queue
    }

    @Test func aLargeBatchGoesAlone() {
        let size = LaneQueue.togetherAtMost
        let queue = queue([0..<size, size..<(size + 1)])
        #expect(queue.next().map(\.index) == Array(0..<size))
    }

    @Test func smallBatchesGoTogetherUpToTheBound() {
        let size = LaneQueue.togetherAtMost
        var queue = queue([0..<10, 10..<(size - 10), (size - 10)..<size, size..<(size + 5)])
        #expect(queue.next().map(\.index) == Array(0..<size))
        // Finishing within the second batch finishes the first alone.
        #expect(queue.finish(11).map(\.number) == [0])
        #expect(queue.next().first?.index == 11)
        #expect(queue.finish(size - 11).map(\.number) == [1, 2])
        #expect(queue.next().map(\.index) == Array(size..<(size + 5)))
        #expect(queue.finish(5).map(\.number) == [3])
        #expect(queue.isEmpty)
    }

    @Test func refusedEventsFindTheirBatchAcrossCalls() {
        var queue = queue([0..<3, 3..<5])
        let events = queue.next()
        let refused = [0, 2, 4].map { RefusedEvent(event: events[events.startIndex + $0], reason: "no") }
        #expect(queue.finish(1, refused: [refused[0]]).isEmpty)
        let finished = queue.finish(4, refused: [refused[1], refused[2]])
        #expect(finished.map { $0.refused.map(\.event.index) } == [[0, 2], [4]])
    }

    @Test func aLongRunKeepsItsOrder() {
        var queue = LaneQueue()
        var numbers: [UInt64] = []
        for number in 0..<1000 {
            queue.append(DeliveryBatch(number: UInt64(number), events: SampleEvents.numbered(0..<2)))
            if number % 3 == 2 { numbers += queue.finish(2).map(\.number) }
        }
        while !queue.isEmpty { numbers += queue.finish(queue.next().count).map(\.number) }
        #expect(numbers == Array(0..<1000))
    }
}
