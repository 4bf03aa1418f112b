import Inotify
import ProgramTestKit
import RateLimiting
import Reporting
import SystemCalls
import SystemPackage
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

@Test func emptyDirectoriesOfHandlersThatAreGoneLeaveTheSpoolAtTheStart() throws {
    let tested = try TestedCollector()
    for handler in ["Empty", "Waiting", "Foreign", "Present"] { _ = try tested.spoolDirectory(of: handler) }
    try tested.spoolDirectory(of: "Waiting").write(oneEvent, to: claim("1.json", time: 1).entry)
    try tested.spoolDirectory(of: "Foreign").write("", to: "note")
    try tested.spoolDirectory(of: "Present").write(oneEvent, to: claim("2.json", time: 2).entry)
    _ = try tested.events(of: "Present")
    let names = { Set(try Directory(at: FilePath(tested.scratch("spool/extensions"))).entries().next().map(\.name)) }
    _ = try tested.collect()
    #expect(tested.sink.counts.count == 2)
    #expect(try names() == ["Waiting", "Foreign", "Present"])
    // What waited is delivered, and the next start has nothing to read there.
    _ = try tested.collect()
    #expect(try names() == ["Foreign", "Present"])
    try tested.events(of: "Empty").write(oneEvent, to: "3.json")
    #expect(try tested.collect().tally.accepted == 1)
}

@Test func moreIncompleteFilesThanAreAwaitedAreNotClaimedOverAndOver() throws {
    let tested = try TestedCollector()
    let events = try tested.events(of: "Acme")
    let inotify = try InotifyInstance()
    _ = try inotify.watch(events, for: .movedIn)
    let count = AwaitedFiles.limitPerPublisher + 50
    for number in 0..<count { try events.write("[{\"Version\":", to: FileName("\(number).json".utf8)) }
    let collected = try tested.collect()
    #expect(collected.tally.handlers["Acme"]?.rejectedFileCount == count)
    // Each came back once for each of its attempts at most.
    var returned: [FileName: Int] = [:], overflowed = false
    let note = { (record: InotifyRecord) in
        if case .event(let event) = record, case .movedIn(let name) = event.kind { returned[name, default: 0] += 1 }
        if case .queueOverflowed = record { overflowed = true }
    }
    while try inotify.read(note) {}
    #expect(!overflowed && !returned.isEmpty)
    #expect(returned.values.allSatisfy { $0 <= CollectorBounds.incompleteAttempts })
}
