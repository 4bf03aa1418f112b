import Foundation
import Reporting
import Testing

/// Names as publishers may choose them, repaired to UTF-8 as the collector does.
private let strangeNames = [
    "plain", "\"", "\\", "\\\"", "line\nend", "\r\n", "\t", "\u{0}\u{1}\u{1F}", "\u{7F}", "\u{80}\u{9F}", "é",
    "\u{FFFD}",
    "\u{2028}\u{2029}", "🚀", "}{][,:", "", " ", "\u{301}", "\"\u{301}", "\\\u{FE0F}", "a/b", "</script>",
]

private func parsed(_ report: CollectionReport) throws -> [String: Any] {
    let text = report.json
    #expect(text.hasSuffix("}\n") && text.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

@Test func aReportIsJSONWhateverTheNames() throws {
    var tally = Tally()
    for (number, name) in strangeNames.enumerated() {
        var counts = Tally.Counts()
        counts.files = number
        counts.rejected[name] = number
        counts.refused[name] = number + 1
        counts.rejectFile(name, because: "because of " + name)
        tally.count(name) { $0 = counts }
    }
    tally.agent.rejectFile("\"\n", because: "\u{0}")
    let report = try parsed(CollectionReport(tally: tally, delivered: [("nd\"json", 3)]))
    let handlers = try #require(report["handlers"] as? [String: [String: Any]])
    #expect(Set(handlers.keys) == Set(strangeNames))
    for (number, name) in strangeNames.enumerated() {
        let handler = try #require(handlers[name])
        #expect(handler["files"] as? Int == number)
        #expect(handler["rejected"] as? [String: Int] == [name: number])
        #expect(handler["refused"] as? [String: Int] == [name: number + 1])
        #expect(handler["rejectedFiles"] as? [String: String] == [name: "because of " + name])
    }
    #expect((report["agent"] as? [String: Any])?["rejectedFiles"] as? [String: String] == ["\"\n": "\u{0}"])
    #expect(report["delivered"] as? [String: Int] == ["nd\"json": 3])
}

@Test func aReportHasTheContractsMembersAndNoOthers() throws {
    var tally = Tally()
    tally.count("Acme") { _ in }
    tally.residueRemoved = 7
    let report = try parsed(CollectionReport(tally: tally, delivered: []))
    #expect(Set(report.keys) == ["handlers", "agent", "delivered", "residueRemoved"])
    #expect(report["residueRemoved"] as? Int == 7)
    let handler = try #require((report["handlers"] as? [String: [String: Any]])?["Acme"])
    #expect(Set(handler.keys) == ["files", "accepted", "rejected", "overCap", "rejectedFiles"])
    let agent = try #require(report["agent"] as? [String: Any])
    #expect(Set(agent.keys) == ["files", "accepted", "rejected", "rejectedFiles"])
}

@Test func rejectedFilesAreAllCountedAndTheNewestNamed() {
    var counts = Tally.Counts()
    for number in 0..<1000 { counts.rejectFile("\(number).json", because: "first") }
    #expect(counts.rejectedFileCount == 1000)
    #expect(counts.rejectedFiles.map(\.name) == (900..<1000).map { "\($0).json" })
    counts.rejectFile("950.json", because: "again")
    #expect(counts.rejectedFileCount == 1001)
    #expect(counts.rejectedFiles.count == Tally.namedFiles)
    #expect(counts.rejectedFiles.last.map { [$0.name, $0.reason] } == ["950.json", "again"])
}

@Test func totalsSumAllPublishers() {
    var tally = Tally()
    tally.agent.accepted = 1
    tally.agent.rejected = ["a": 2, "b": 3]
    for (number, name) in ["x", "y"].enumerated() {
        var counts = Tally.Counts()
        counts.accepted = 10 + number
        counts.overCap = 20
        counts.rejected = ["a": 100]
        counts.rejectFile("1.json", because: "")
        tally.count(name) { $0 = counts }
    }
    #expect(tally.accepted == 22)
    #expect(tally.overCap == 40)
    #expect(tally.rejected == 207)
}

/// Whoever makes directories without end must not make the counts grow without end.
@Test func beyondTheBoundHandlersAreCountedTogether() {
    var tally = Tally()
    for number in 0..<Tally.namedHandlers + 5 { tally.count("Acme.\(number)") { $0.accepted += 1 } }
    tally.count("Acme.0") { $0.accepted += 1 }
    #expect(tally.handlers.count == Tally.namedHandlers + 1)
    #expect(tally.handlers["Acme.0"]?.accepted == 2)
    #expect(tally.handlers[Tally.others]?.accepted == 5)
    #expect(tally.accepted == Tally.namedHandlers + 6)
}
