import Foundation
import ProgramTestKit
import RateLimiting
import Reporting
import SystemCalls
import SystemPackage
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
