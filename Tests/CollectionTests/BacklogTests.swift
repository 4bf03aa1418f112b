import RateLimiting
import Reporting
import SystemCalls
import TelemetryEvents
import Testing

@testable import Collection

@Test func aBacklogLargerThanMemoryHoldsIsDeliveredAndCountedOnce() throws {
    let tested = try TestedCollector()
    tested.settings.limit = RateLimit(cap: 1_000_000)
    let directory = try tested.spoolDirectory(of: "Acme")
    let count = ClaimQueue.limitPerPublisher + 700
    // tmpfs lists what was made last first: the oldest come first, and the newest of those that do not fit come back
    // while the last that did are on their way.
    for number in (0..<count).reversed() {
        try directory.write(oneEvent, to: claim("\(number).json", time: UInt64(number)).entry)
    }
    let collected = try tested.collect()
    guard case .complete = collected.ending else {
        Issue.record("\(collected.ending)")
        return
    }
    let counts = tested.sink.counts
    #expect(counts.count == count)
    #expect(counts.values.allSatisfy { $0 == [0: 1] })
    #expect(collected.tally.handlers["Acme"]?.files == count)
    #expect(collected.tally.accepted == count)
    #expect(try directory.entries().next().isEmpty)
}
