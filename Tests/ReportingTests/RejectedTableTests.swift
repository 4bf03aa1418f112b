import Foundation
import Reporting
import TelemetryEvents
import Testing

private func record(_ file: String = "1.json", handler: String? = "Acme") -> RejectionRecord {
    var record = RejectionRecord(claim: ClaimID(time: 1, counter: 2), handler: handler, file: file, size: 10)
    record.rejectedAt = 1_600_000_000_000_000_000
    record.keptAs = "kept"
    record.counts = [.emptyMessage: 2, .notAnObject: 1]
    record.rejections = [Rejection(code: .emptyMessage, index: 3, place: TextPlace(offset: 9, line: 2, column: 5))]
    return record
}

private func parsed(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

@Test(arguments: ["plain", "\"", "a\nb", "\u{1B}[31m", "🚀"])
func aRecordIsJSONWhateverTheNamesAndStandsOnOneLineToo(name: String) throws {
    var record = record(name, handler: name)
    record.refusalCount = 1
    record.refusals = [.init(sink: name, index: 1, reason: name)]
    let whole = try parsed(record.json)
    let line = try #require(KeptRecord(Array(record.json.utf8), handler: name).oneLine)
    #expect(line.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
    #expect(try parsed(line) as NSDictionary == whole as NSDictionary)
    #expect(whole["file"] as? String == name && whole["handler"] as? String == name)
    #expect((whole["refused"] as? [[String: Any]])?.first?["sink"] as? String == name)
    #expect(
        whole["rejected"] as? [String: Int] == [
            "\(Rejection.Code.emptyMessage)": 2, "\(Rejection.Code.notAnObject)": 1,
        ])
}

@Test func theTableHasALineForEachFileInColumns() {
    var table = RejectedTable()
    #expect(table.text == "No rejected files are kept.\n")
    table.add(KeptRecord(Array(record().json.utf8), handler: "Acme"), claim: ClaimID(time: 1, counter: 2))
    table.add(
        KeptRecord(Array(record("22.tld", handler: nil).json.utf8), handler: nil), claim: ClaimID(time: 3, counter: 4))
    table.add(KeptRecord([], handler: "\u{1B}[2J"), claim: ClaimID(time: 5, counter: 6))
    #expect(
        table.text == """
            REJECTED (UTC)       EXTENSION  FILE    ID                     WHY
            2020-09-13 12:26:40  Acme       1.json  0000000000000001-0002  EmptyMessageError: Message should not be empty (2 events); NotAnObjectError: event should be a JSON object
            2020-09-13 12:26:40  VM agent   22.tld  0000000000000003-0004  EmptyMessageError: Message should not be empty (2 events); NotAnObjectError: event should be a JSON object
            ?                    ␛[2J       ?       0000000000000005-0006  its record is damaged

            """)
}

@Test func aFileThatIsNotKeptIsSaidToBeSo() {
    var record = record()
    record.counts = [:]
    record.keptAs = nil
    record.fileRejection = .oversize(size: 9, limit: 8)
    #expect(
        KeptRecord(Array(record.json.utf8), handler: "Acme").description == """
            1.json of extension Acme, rejected at 2020-09-13 12:26:40 UTC
            OversizeFileError: 9 bytes > 8
            The file itself is not kept.

            """)
}

@Test func whatASinkRefusedIsSaidOfAKeptFileToo() {
    var record = record()
    #expect(
        KeptRecord(Array(record.json.utf8), handler: nil).description
            == "1.json of the VM agent, rejected at 2020-09-13 12:26:40 UTC\n")
    record.counts = [:]
    record.refusalCount = 2
    record.refusals = [.init(sink: "otlp", index: 3, reason: "400: no"), .init(sink: "otlp", index: 4, reason: "400")]
    #expect(
        KeptRecord(Array(record.json.utf8), handler: nil).description
            == "1.json of the VM agent, rejected at 2020-09-13 12:26:40 UTC\nrefused by otlp: 400: no (the first of 2 events)\n"
    )
}
