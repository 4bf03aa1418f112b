import Foundation
import ProgramTestKit
import Testing

/// Publishes single events of one handler, and bounds the instant at which each was admitted: not before it was
/// published, and not after it was received.
///
/// A machine that holds the test up makes the bounds wider and the test weaker, but never wrong.
private struct CapWatch {
    let root: WatchedLogRoot
    let publisher: EventPublisher
    /// In nanoseconds since boot.
    private var published: [UInt64] = []
    private var received: [Int: UInt64] = [:]
    private var linesRead = 0

    init(_ root: WatchedLogRoot) throws {
        self.root = root
        publisher = try root.publisher("Test.Extension")
    }

    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    var publishedCount: Int { published.count }
    var receivedCount: Int { received.count }

    /// Publishes the next event, whose message is its number.
    mutating func publish() throws {
        published.append(Self.now)
        try publisher.publish("\(published.count).json", EventPublisher.event("\(published.count)"))
    }

    /// Takes note of what came.
    mutating func look() throws {
        let lines = root.telltale.output
        let now = Self.now
        for line in lines[linesRead...] {
            let event = try ReceivedEvent(line: line)
            guard event.handler == "Test.Extension", let number = Int(event.message) else { continue }
            #expect(received.updateValue(now, forKey: number) == nil, "delivered twice")
        }
        linesRead = lines.count
    }

    /// Looks until `condition` holds or patience is over.
    mutating func look(until condition: (CapWatch) -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: patience)
        repeat {
            try look()
            usleep(1000)
        } while !condition(self) && Date() < deadline
    }

    /// The largest number of events that were certainly admitted within less than one period.
    func mostInAPeriod(of seconds: UInt64) -> Int {
        let bounds = received.map { (earliest: published[$0.key - 1], latest: $0.value) }
        return bounds.map { first in
            bounds.count { $0.earliest >= first.earliest && $0.latest < first.earliest + seconds * 1_000_000_000 }
        }.max() ?? 0
    }
}

@Test(arguments: ["drop", "hold"])
func noPeriodOfAnyPositionHoldsMoreThanTheCap(overCap: String) throws {
    let root = try WatchedLogRoot(["--cap", "10", "--period", "1", "--over-cap", overCap, "--quiet-window", "0"])
    var watch = try CapWatch(root)
    // Without pause, through several windows.
    let end = CapWatch.now + 3_500_000_000
    while CapWatch.now < end {
        try watch.publish()
        try watch.look()
        usleep(30_000)
    }
    #expect(watch.mostInAPeriod(of: 1) <= 10)
    // And the windows do pass.
    #expect(watch.receivedCount > 10)
    _ = try root.stop()
}

@Test func aBurstAcrossTheEdgeOfAPeriodIsCappedToo() throws {
    let root = try WatchedLogRoot(["--cap", "20", "--period", "2", "--quiet-window", "0"])
    var watch = try CapWatch(root)
    // A window that began with the first event would end between the two bursts.
    let start = CapWatch.now
    try watch.publish()
    try watch.look { $0.receivedCount == 1 }
    try watch.look { _ in CapWatch.now > start + 1_700_000_000 }
    for _ in 1...30 { try watch.publish() }
    try watch.look { _ in CapWatch.now > start + 2_300_000_000 }
    for _ in 1...30 { try watch.publish() }
    try root.rescan()
    try watch.look { _ in root.claims().isEmpty }
    #expect(watch.mostInAPeriod(of: 2) <= 20)
    let report = try root.stop()
    let counts = try #require(report.handlers["Test.Extension"])
    #expect(counts.accepted == watch.receivedCount)
    #expect(counts.accepted + counts.overCap == watch.publishedCount)
    #expect(
        root.telltale.errors.contains(
            "Reached max count for the extension: Test.Extension; Max Limit: 20. Skipping the rest."))
}

@Test func whatIsHeldIsDeliveredWhenTheWindowAllowsItAndNothingIsLeftOut() throws {
    let root = try WatchedLogRoot(["--cap", "5", "--period", "1", "--over-cap", "hold"])
    var watch = try CapWatch(root)
    let other = try root.publisher("Test.Other")
    for _ in 1...18 { try watch.publish() }
    // Another extension has a window of its own.
    try other.publish("1.json", EventPublisher.event("of another"))
    try #require(root.waitForEvent("of another"))
    try watch.look { $0.receivedCount == 18 }
    #expect(watch.receivedCount == 18)
    #expect(watch.mostInAPeriod(of: 1) <= 5)
    #expect(eventually { root.claims().isEmpty })
    let report = try root.stop()
    #expect(report.handlers["Test.Extension"]?.accepted == 18)
    #expect(report.handlers["Test.Extension"]?.overCap == 0)
    #expect(report.handlers["Test.Extension"]?.files == 18)
    #expect(!root.telltale.errors.contains("Reached max count"))
}

@Test func aFileWithMoreEventsThanTheCapIsDeliveredInPartsWhenHeld() throws {
    let root = try WatchedLogRoot(["--cap", "4", "--period", "1", "--over-cap", "hold"])
    let publisher = try root.publisher("Test.Extension")
    let events = (0..<10).map { EventPublisher.event("part \($0)") }.joined(separator: ",")
    try publisher.publish("1.json", "[\(events)]")
    try #require(root.waitForEvents(10))
    #expect(eventually { root.claims().isEmpty })
    let report = try root.stop()
    let delivered = try root.telltale.events()
    #expect(delivered.map(\.message) == (0..<10).map { "part \($0)" })
    #expect(Set(delivered.map(\.id)).count == 10)
    #expect(report.handlers["Test.Extension"]?.accepted == 10)
    #expect(report.handlers["Test.Extension"]?.files == 1)
}

@Test func asManyEventsAsTheCapAllowsAreDeliveredAndNothingIsToldToBeLeftOut() throws {
    let root = try WatchedLogRoot(["--cap", "5"])
    let events = (1...5).map { EventPublisher.event("\($0)") }.joined(separator: ",")
    try root.publisher("Test.Extension").publish("1.json", "[\(events)]")
    try #require(root.waitForEvents(5))
    let report = try root.stop()
    #expect(report.handlers["Test.Extension"]?.overCap == 0)
    #expect(!root.telltale.errors.contains("Reached max count"))
}
