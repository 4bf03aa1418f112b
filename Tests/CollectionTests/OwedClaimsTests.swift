import Foundation
import ProgramTestKit
import RateLimiting
import Reporting
import SystemCalls
import SystemPackage
import TelemetryEvents
import Testing

@testable import Collection

/// Event files of several events.
private func events(_ count: Int) -> String {
    "[" + Array(repeating: oneEvent, count: count).joined(separator: ",") + "]"
}

extension TestedCollector {
    /// Puts a claim of the handler Acme on a shelf, as an earlier process did.
    fileprivate func put(_ claim: Claim, on shelf: String, holding text: String = oneEvent) throws {
        try Directory.make(at: FilePath(scratch("spool/\(shelf)/Acme"))).write(text, to: claim.entry)
    }

    /// The claims and everything else on a shelf.
    fileprivate func entries(on shelf: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: scratch("spool/\(shelf)/Acme"))) ?? []
    }
}

@Test func whatIsOwedIsDeliveredToThoseThatItIsOwedTo() throws {
    let tested = try TestedCollector()
    let (ours, both, others) = (claim("1.json", time: 1), claim("2.json", time: 2), claim("3.json", time: 3))
    try tested.put(ours, on: "owed/remembering/extensions")
    try tested.put(both, on: "owed/other+remembering/extensions")
    try tested.put(others, on: "owed/other/extensions")
    let collected = try tested.collect()
    guard case .complete = collected.ending else {
        Issue.record("\(collected.ending)")
        return
    }
    #expect(tested.sink.counts == [ours.id: [0: 1], both.id: [0: 1]])
    // What is owed to a sink that is not configured waits for it, and nothing else does.
    #expect(Set(tested.entries(on: "owed/other/extensions")) == Set([both, others].map(\.entry.description)))
    #expect(tested.entries(on: "owed/remembering/extensions").isEmpty)
    #expect(tested.entries(on: "owed/other+remembering/extensions").isEmpty)
    // It was admitted and counted when it came.
    #expect(collected.tally.accepted == 0)
    // The second time nothing is left to do, and the empty shelves go.
    _ = try tested.collect()
    #expect(tested.sink.counts == [ours.id: [0: 1], both.id: [0: 1]])
    #expect(try FileManager.default.contentsOfDirectory(atPath: tested.scratch("spool/owed")) == ["other"])
}

@Test func whatIsOwedIsNotChargedAgain() throws {
    let tested = try TestedCollector()
    tested.settings.limit = RateLimit(cap: 3)
    for number in 1...5 {
        try tested.put(claim("\(number).json", time: UInt64(number)), on: "owed/remembering/extensions")
    }
    try tested.events(of: "Acme").write(events(3), to: "6.json")
    let collected = try tested.collect()
    #expect(tested.sink.counts.count == 6)
    #expect(collected.tally.accepted == 3 && collected.tally.overCap == 0)
}

@Test func whatASinkHasFinishedOfAClaimItDoesNotGetAgain() throws {
    let tested = try TestedCollector()
    let (begun, done, damaged) = (claim("1.json", time: 1), claim("2.json", time: 2), claim("3.json", time: 3))
    for claim in [begun, done, damaged] { try tested.put(claim, on: "extensions", holding: events(5)) }
    try Directory(at: FilePath(tested.scratch("spool"))).write(
        """
        telltale progress 1
        \(begun.id) remembering 0-1,3-3
        \(done.id) remembering 0-4
        \(damaged.id) remembering 0-1,1-2
        \(damaged.id) remembering
        000 remembering 0-0

        """, to: "progress")
    let collected = try tested.collect()
    guard case .complete = collected.ending else {
        Issue.record("\(collected.ending)")
        return
    }
    #expect(tested.sink.counts == [begun.id: [2: 1, 4: 1], damaged.id: [0: 1, 1: 1, 2: 1, 3: 1, 4: 1]])
    #expect(tested.entries(on: "extensions").isEmpty)
}

@Test func whatIsNoShelfIsLeftAloneAndHoldsUpNothing() throws {
    let tested = try TestedCollector()
    let owed = try Directory.make(at: FilePath(tested.scratch("spool/owed")))
    try owed.write("", to: "file")
    // Twice the same, not sorted, and without a name: no process of ours names a directory so.
    for name in ["remembering+remembering", "remembering+other", "+", "remembering+"] {
        try tested.put(claim("1.json", time: 1), on: "owed/\(name)/extensions")
    }
    try tested.events(of: "Acme").write(oneEvent, to: "2.json")
    let collected = try tested.collect()
    guard case .complete = collected.ending else {
        Issue.record("\(collected.ending)")
        return
    }
    #expect(tested.sink.counts.count == 1)
    #expect(try owed.entries().next().count == 5)
}

@Test(arguments: ["", "garbage", "telltale progress 2\n", "telltale progress 1\n\u{0}\u{0}\u{0}"])
func aDamagedNoteOfTheProgressCostsNoEvent(text: String) throws {
    let tested = try TestedCollector()
    try tested.put(claim("1.json", time: 1), on: "extensions")
    try Directory(at: FilePath(tested.scratch("spool"))).write(text, to: "progress")
    _ = try tested.collect()
    #expect(tested.sink.counts.count == 1)
}

@Test func rangesAreMergedAndReadBack() {
    var ranges = IndexRanges([3, 1, 2, 7])
    #expect(ranges.description == "1-3,7-7")
    ranges.add([5, 6, 4, 0, 0])
    #expect(ranges.description == "0-7")
    #expect(IndexRanges("0-7") == ranges && ranges.contains(7) && !ranges.contains(8))
    for text in ["", "1", "2-1", "0-1,1-2", "-1-2", "a-b", "0-9223372036854775807"] {
        #expect(IndexRanges(text) == nil)
    }
}
