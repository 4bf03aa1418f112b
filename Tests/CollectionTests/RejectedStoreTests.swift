import Foundation
import ProgramTestKit
import RateLimiting
import Reporting
import SystemCalls
import SystemPackage
import TelemetryEvents
import Testing

@testable import Collection

/// What lies below `rejected` in the spool, as paths.
private func kept(_ tested: TestedCollector) -> [String] {
    let path = tested.scratch("spool/rejected")
    let files = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return files.filter { !$0.hasSuffix("/") && $0.contains("/") }.sorted()
}

private func contents(_ tested: TestedCollector, _ path: String) throws -> String {
    try String(contentsOfFile: tested.scratch("spool/rejected/\(path)"), encoding: .utf8)
}

/// The records of a handler's rejected files, from the oldest to the newest.
private func records(_ tested: TestedCollector, of handler: String) throws -> [[String: Any]] {
    try kept(tested).filter { $0.hasPrefix("\(handler)/") && $0.count == handler.count + 1 + 21 + 5 }.map {
        let object = try JSONSerialization.jsonObject(with: Data(contents(tested, $0).utf8))
        return try #require(object as? [String: Any])
    }
}

private let twoBadEvents = "[\(oneEvent),\n 5,\n{\"Message\":\"\"}]"

@Test func aFileWithRejectedEventsIsKeptAsItWasWithEachReasonAndPlace() throws {
    let tested = try TestedCollector()
    try tested.events(of: "Acme").write(twoBadEvents, to: "7.json")
    _ = try tested.collect()
    #expect(tested.sink.counts.count == 1)
    let record = try #require(try records(tested, of: "Acme").first)
    #expect(record["handler"] as? String == "Acme")
    #expect(record["file"] as? String == "7.json")
    #expect(record["size"] as? Int == twoBadEvents.utf8.count)
    let name = try #require(record["keptAs"] as? String)
    #expect(name == "\(try #require(record["id"] as? String))-7.json")
    #expect(try contents(tested, "Acme/\(name)") == twoBadEvents)
    let events = try #require(record["events"] as? [[String: Any]])
    #expect(events.map { $0["index"] as? Int } == [1, 2])
    #expect(events.map { $0["line"] as? Int } == [2, 3])
    #expect(events.map { $0["column"] as? Int } == [2, 12])
    #expect(
        events.map { $0["reason"] as? String } == [
            "NotAnObjectError: event should be a JSON object", "EmptyMessageError: Message should not be empty",
        ])
}

@Test func aMalformedFileIsKeptWithItsPlaceAndAGoodOneIsNot() throws {
    let tested = try TestedCollector()
    let events = try tested.events(of: "Acme")
    try events.write("{\"Version\": \"1\"\n ;", to: "1.json")
    try events.write(oneEvent, to: "2.json")
    _ = try tested.collect()
    let records = try records(tested, of: "Acme")
    #expect(records.count == 1 && kept(tested).count == 2)
    #expect(records.first?["line"] as? Int == 2)
    #expect(records.first?["column"] as? Int == 2)
    #expect((records.first?["summary"] as? String)?.hasPrefix("MalformedFileError: line 2, column 2: ") == true)
}

@Test func aLinkIsNotKeptButItsRecordIs() throws {
    let tested = try TestedCollector()
    let directory = try tested.spoolDirectory(of: "Acme")
    let entry = claim("1.json", time: 9).entry
    #expect(symlink("/etc/passwd", tested.scratch("spool/extensions/Acme/\(entry)")) == 0)
    _ = try tested.collect()
    #expect(try directory.entries().next().isEmpty)
    #expect(kept(tested).count == 1)
    let record = try #require(try records(tested, of: "Acme").first)
    #expect(record["summary"] as? String == "NotARegularFileError: symbolic link")
    #expect(record["keptAs"] is NSNull)
}

@Test func theAgentsFilesAndLongNamesAreKept() throws {
    let tested = try TestedCollector()
    tested.settings.agentEvents = FilePath(tested.scratch("agent"))
    let agent = try Directory.make(at: FilePath(tested.scratch("agent")))
    try agent.write("{}", to: "1.tld")
    let long = String(repeating: "1", count: 250) + ".json"
    try tested.events(of: "Acme").write("{}", to: FileName(long.utf8))
    _ = try tested.collect()
    #expect(try records(tested, of: "-agent").first?["source"] as? String == "agent")
    let record = try #require(try records(tested, of: "Acme").first)
    #expect(record["file"] as? String == long)
    let name = try #require(record["keptAs"] as? String)
    #expect(name.utf8.count == 255)
    #expect(try contents(tested, "Acme/\(name)") == "{}")
    #expect(try tested.spoolDirectory(of: "Acme").entries().next().isEmpty)
}

@Test func theNewestAreKeptAlsoAcrossRestartsAndNothingWhenThatIsAskedFor() throws {
    let tested = try TestedCollector()
    tested.settings.rejected.filesPerPublisher = 6
    for round in 0..<3 {
        let events = try tested.events(of: "Acme")
        for number in 1...4 { try events.write("{}", to: FileName("\(round)\(number).json".utf8)) }
        _ = try tested.collect()
        #expect(kept(tested).count == 6)
    }
    let names = try records(tested, of: "Acme").compactMap { $0["file"] as? String }
    #expect(names.count == 3 && names.allSatisfy { $0.hasPrefix("2") })
    let other = try TestedCollector()
    other.settings.rejected.bytes = 0
    try other.events(of: "Acme").write("{}", to: "1.json")
    _ = try other.collect()
    #expect(!FileManager.default.fileExists(atPath: other.scratch("spool/rejected")))
    #expect(try other.spoolDirectory(of: "Acme").entries().next().isEmpty)
}

@Test func aStoreThatCannotBeUsedCostsNoEventAndKeepsNoClaim() throws {
    let tested = try TestedCollector()
    try Directory.make(at: FilePath(tested.scratch("spool"))).write("a file", to: "rejected")
    try tested.events(of: "Acme").write(twoBadEvents, to: "1.json")
    let collected = try tested.collect()
    #expect(tested.sink.counts.count == 1)
    #expect(collected.tally.rejected == 2)
    #expect(try tested.spoolDirectory(of: "Acme").entries().next().isEmpty)
}

@Test func aHandlersDirectoryGoesWithItsLastFile() throws {
    let tested = try TestedCollector()
    tested.settings.rejected.files = 2
    for handler in ["Acme", "Beta"] {
        try tested.events(of: handler).write("{}", to: "1.json")
        _ = try tested.collect()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: tested.scratch("spool/rejected")) == ["Beta"])
}

@Test func theLargestSizeThatAFileCanClaimIsRejectedLikeAnyOther() throws {
    let tested = try TestedCollector()
    let events = try tested.events(of: "Acme")
    try events.openForWriting("1.json", .new).truncate(to: .max)
    let collected = try tested.collect()
    #expect(collected.tally.handlers["Acme"]?.rejectedFileCount == 1)
    #expect(try records(tested, of: "Acme").first?["size"] as? Int == .max)
    #expect(kept(tested).count == 1)
    // One that a person put there.
    try Directory(at: FilePath(tested.scratch("spool/rejected/Acme")))
        .openForWriting(claim("2.json", time: 1).entry, .new).truncate(to: .max)
    _ = try tested.collect()
    #expect(kept(tested).count == 1)
}

@Test func aPassRemovesWhatIsTooOldBeforeItBegins() throws {
    let tested = try TestedCollector()
    try tested.events(of: "Acme").write("{}", to: "1.json")
    _ = try tested.collect()
    #expect(kept(tested).count == 2)
    tested.settings.rejected.age = 0
    _ = try tested.collect()
    #expect(try FileManager.default.contentsOfDirectory(atPath: tested.scratch("spool/rejected")).isEmpty)
}

@Test func aFileOfWhichASinkRefusedEventsIsKeptWithExactCounts() throws {
    let tested = try TestedCollector()
    let text = "[" + Array(repeating: oneEvent, count: 30).joined(separator: ",") + "]"
    try tested.events(of: "Acme").write(text, to: "1.json")
    try tested.events(of: "Acme").write(oneEvent, to: "2.json")
    tested.sink.refuse(Set(1..<30))
    let collected = try tested.collect()
    #expect(collected.tally.handlers["Acme"]?.refused == [tested.sink.name: 29])
    let records = try records(tested, of: "Acme")
    #expect(records.count == 1)
    let record = try #require(records.first)
    #expect(record["file"] as? String == "1.json")
    #expect(record["summary"] as? String == "refused by remembering: no (the first of 29 events)")
    let refused = try #require(record["refused"] as? [[String: Any]])
    #expect(refused.compactMap { $0["index"] as? Int } == Array(1...20))
    #expect(refused.first?["reason"] as? String == "no")
    #expect(try contents(tested, "Acme/\(try #require(record["keptAs"] as? String))") == text)
    #expect(tested.sink.reports.contains { $0.hasPrefix("DroppedEventsCount: 29\n") })
}

/// A store in a spool of its own, with a publisher to claim from.
private final class TestedStore {
    let scratch: ScratchDirectory
    let store: RejectedStore
    private let spool: Spool
    private let source: Directory
    private let acme = Publisher.handler("Acme")

    init(_ limits: RejectedLimits = RejectedLimits()) throws {
        scratch = try ScratchDirectory(in: "/dev/shm")
        spool = try Spool(at: FilePath(scratch("spool")), purpose: "test", sinks: ["journal", "otlp"])
        store = try RejectedStore(in: spool, limits: limits)
        source = try Directory.make(at: FilePath(scratch("events")))
    }

    /// Claims a file and keeps it with the rejected ones, if it is still there then.
    func reject(_ name: FileName, isTakenAway: Bool = false) throws {
        try source.write("{}", to: name)
        let claim = try #require(try spool.claim(name, of: acme, from: source, at: Clocks.nanosecondsSince1970()).claim)
        if isTakenAway { try spool.remove(claim, of: acme, because: .nothingAccepted) }
        var record = RejectionRecord(claim: claim.id, handler: "Acme", file: name.description, size: 2)
        record.counts = [.notAnObject: 1]
        try store.keep(claim, of: acme, record, because: .nothingAccepted, at: 1)
    }

    /// What is kept of Acme, sorted.
    var kept: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: scratch("spool/rejected/Acme")).sorted()) ?? []
    }
}

@Test(arguments: ["spool/rejected", "spool/rejected/Acme"])
func aStoreThatAnOperatorRemovesIsMadeAnew(path: String) throws {
    var limits = RejectedLimits()
    limits.filesPerPublisher = 4
    let tested = try TestedStore(limits)
    for name in ["1.json", "2.json"] as [FileName] { try tested.reject(name) }
    try FileManager.default.removeItem(atPath: tested.scratch(path))
    for name in ["3.json", "4.json"] as [FileName] { try tested.reject(name) }
    try tested.store.removeLeaving()
    #expect(tested.kept.filter { $0.hasSuffix("-3.json") || $0.hasSuffix("-4.json") }.count == 2)
    #expect(tested.kept.count == 4)
    // Also when nothing is kept in it after that.
    try FileManager.default.removeItem(atPath: tested.scratch(path))
    tested.store.expire(at: .max)
    try tested.store.removeLeaving()
    #expect(tested.kept.isEmpty)
}

@Test func ofAClaimThatCannotBeMovedNoRecordIsLeft() throws {
    let tested = try TestedStore()
    #expect(throws: Errno.noSuchFileOrDirectory) { try tested.reject("1.json", isTakenAway: true) }
    #expect(tested.kept.isEmpty)
}

@Test func whatCannotBeRemovedHoldsNothingBackAndIsTriedAgain() throws {
    let tested = try TestedStore()
    for name in ["1.json", "2.json", "3.json"] as [FileName] { try tested.reject(name) }
    let first = try #require(tested.kept.first { $0.hasSuffix("-1.json") })
    let path = tested.scratch("spool/rejected/Acme/\(first)")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    tested.store.expire(at: .max)
    #expect(throws: Errno.isDirectory) { try tested.store.removeLeaving() }
    #expect(tested.kept == [first])
    try FileManager.default.removeItem(atPath: path)
    try tested.store.removeLeaving()
    #expect(try FileManager.default.contentsOfDirectory(atPath: tested.scratch("spool/rejected")).isEmpty)
}

@Test func onePassReportsToTheChannelWhatWasLeftOutOnceWithExactCounts() throws {
    let tested = try TestedCollector()
    tested.settings.limit = .init(cap: 2)
    let events = try tested.events(of: "Acme")
    for number in 1...5 { try events.write(twoBadEvents, to: FileName("\(number).json".utf8)) }
    try events.write("{", to: "6.json")
    let collected = try tested.collect()
    #expect(collected.tally.overCap == 3)
    #expect(
        tested.sink.reports == [
            "Dropped events for Extension: Acme; Details:"
                + "\n\tReason: EmptyMessageError: Message should not be empty; Dropped Count: 5"
                + "\n\tReason: NotAnObjectError: event should be a JSON object; Dropped Count: 5",
            "Reached max count for the extension: Acme; Max Limit: 2. Skipping the rest.",
            "Failed to process event file 6.json: MalformedFileError: line 1, column 2: "
                + "unexpected end of the file, a key in quotation marks was expected (of Acme)",
        ])
}

@Test func nothingIsReportedWhenTheCapIsReachedExactly() throws {
    let tested = try TestedCollector()
    tested.settings.limit = .init(cap: 3)
    let events = try tested.events(of: "Acme")
    for number in 1...3 { try events.write(oneEvent, to: FileName("\(number).json".utf8)) }
    _ = try tested.collect()
    #expect(tested.sink.counts.count == 3 && tested.sink.reports.isEmpty)
}
