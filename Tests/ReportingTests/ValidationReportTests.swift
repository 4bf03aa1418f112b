import Foundation
import TelemetryEvents
import Testing

@testable import Reporting

private let complete = #""Version":"1.0","TaskName":"Install","EventLevel":"Error","EventPid":"1","EventTid":2,"#
private let timed = complete + #""Timestamp":"t","OperationId":"","#

private func report(_ text: String, from source: EventFile.Source = .handler(""), listing: Int = 20) -> ValidationReport
{
    ValidationReport(of: Array(text.utf8), from: source, named: "1.json", listing: listing)
}

private func object(_ report: ValidationReport) throws -> [String: Any] {
    let json = report.json
    #expect(json.hasSuffix("}\n") && json.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
    return try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
}

@Test(arguments: [
    (
        "{\(timed)\"Message\":\"hello\"}",
        """
        1.json: 1 event: 1 accepted
          event 0: accepted: Error, Install: "hello"

        """
    ),
    ("[]", "1.json: 0 events: 0 accepted\n"),
    (
        "[\n  {\"Message\": 5},\n  7\n]",
        """
        1.json: 2 events: 0 accepted, 2 rejected
          event 0: rejected: MissingKeyError: EventLevel not found (line 2, column 3)
            2 |   {"Message": 5},
              |   ^
          event 1: rejected: NotAnObjectError: event should be a JSON object (line 3, column 3)
            3 |   7
              |   ^

        """
    ),
    (
        "{\(complete)\n\"OperationId\":\"\",\n\"Message\":\" \"}",
        """
        1.json: 1 event: 0 accepted, 1 rejected
          event 0: rejected: EmptyMessageError: Message should not be empty (line 3, column 11)
            3 | "Message":" "}
              |           ^

        """
    ),
    (
        "{\(complete)\n\t\"Timestamp\": null, \"OperationId\":\"\",\"Message\":\"x\"}",
        """
        1.json: 1 event: 0 accepted, 1 rejected
          event 0: rejected: InvalidTypeError: Timestamp should be text (line 2, column 15)
            2 |  "Timestamp": null, "OperationId":"","Message":"x"}
              |               ^

        """
    ),
    (
        "{\"Version\": x}",
        """
        1.json: rejected: MalformedFileError: line 1, column 13: a value was expected, found x
            1 | {"Version": x}
              |             ^

        """
    ),
    (
        "{\"Version\": 1\n",
        """
        1.json: rejected: MalformedFileError: line 2, column 1: unexpected end of the file, a comma or } was expected
            1 | {"Version": 1
            2 |\u{20}
              | ^

        """
    ),
    (
        "{\(timed)\"Message\":\"see https://a?sig=x and http://b?st=1\"}",
        """
        1.json: 1 event: 1 accepted, 1 text redacted
          event 0: accepted: Error, Install: "see https://a?<redacted> and http://b?<…"
            Message is redacted: 2 queries of URLs hold a signature

        """
    ),
])
func theReportShowsWhatIsWrongAndWhere(text: String, expected: String) {
    #expect(report(text).text(style: .plain) == expected)
}

@Test func aCutMessageTellsFromHowMany() {
    let text = report("{\(timed)\"Message\":\"\(String(repeating: "é", count: 4000))\"}").text(style: .plain)
    #expect(text.contains("1 event: 1 accepted, 1 text cut\n"))
    #expect(text.contains("    Message is cut from 4000 to 3072 code points\n"))
}

@Test func anAgentEventIsJudgedByTheAgentsSchema() throws {
    let good = report(
        """
        {"eventId": 1, "providerId": "https://p?sig=x", "parameters": [{"name": "Message", "value": "hi"}]}
        """, from: .agent)
    #expect(
        good.text(style: .plain) == """
            1.json: 1 event: 1 accepted, 1 text redacted
              event 0: accepted: eventId 1, 1 parameter: "hi"
                providerId is redacted: a URL's query holds a signature

            """)
    let bad = report("{\"eventId\": \"1x\"}", from: .agent)
    #expect(
        bad.text(style: .plain).contains("InvalidTypeError: eventId should be an integer or digits (line 1, column 13)")
    )
    let members = try object(bad)
    #expect(members["source"] as? String == "agent")
    #expect((members["events"] as? [[String: Any]])?.first?["field"] as? String == "eventId")
}

@Test func whatIsNotListedIsCounted() throws {
    let accepted = "{\(timed)\"Message\":\"x\"}"
    let altered = "{\(timed)\"Message\":\"https://a?sig=x\"}"
    let events = Array(repeating: accepted, count: 100) + ["{}", altered] + Array(repeating: "7", count: 300) + ["{}"]
    let report = report("[\(events.joined(separator: ","))]", listing: 2)
    let text = report.text(style: .plain)
    #expect(
        text.hasPrefix(
            """
            1.json: 403 events: 101 accepted, 302 rejected, 1 text redacted
              event 0: accepted: Error, Install: "x"
              event 100: rejected: MissingKeyError: Message not found
            """))
    #expect(text.contains("  event 101: accepted: Error, Install: \"https://a?<redacted>\"\n"))
    #expect(
        text.hasSuffix(
            """
              … and 300 more rejected, 99 more accepted
              300 × NotAnObjectError: event should be a JSON object
              2 × MissingKeyError: Message not found

            """))
    let members = try object(report)
    #expect(members["accepted"] as? Int == 101)
    #expect(members["rejected"] as? Int == 302)
    #expect(
        members["reasons"] as? [String: Int] == [
            "NotAnObjectError: event should be a JSON object": 300, "MissingKeyError: Message not found": 2,
        ])
    #expect(members["unlisted"] as? [String: Int] == ["accepted": 99, "rejected": 300])
    #expect((members["events"] as? [[String: Any]])?.map { $0["index"] as? Int } == [0, 100, 101, 102])
}

@Test func theJSONHasTheDocumentedMembers() throws {
    let message = "https://a?sig=x " + String(repeating: "x", count: 4000)
    var report = report("[{\(timed)\"Message\":\"\(message)\"},\n{\"Message\":1}]")
    report.warning = "a \"warning\""
    let members = try object(report)
    #expect(
        Set(members.keys) == [
            "file", "source", "accepted", "rejected", "reasons", "cut", "redacted", "fault", "warning", "events",
            "unlisted",
        ])
    #expect(members["file"] as? String == "1.json")
    #expect(members["source"] as? String == "extension")
    #expect(members["cut"] as? Int == 1)
    #expect(members["redacted"] as? Int == 1)
    #expect(members["fault"] is NSNull)
    #expect(members["warning"] as? String == "a \"warning\"")
    let events = try #require(members["events"] as? [[String: Any]])
    #expect(events.map { $0["accepted"] as? Bool } == [true, false])
    #expect(events[0]["cut"] as? [NSDictionary] == [["field": "Message", "from": 4021, "to": 3072]])
    #expect(events[0]["redacted"] as? [NSDictionary] == [["field": "Message", "queries": 1]])
    let rejected: NSDictionary = [
        "index": 1, "accepted": false, "code": "MissingKeyError", "reason": "MissingKeyError: EventLevel not found",
        "field": "EventLevel", "line": 2, "column": 1, "offset": 4152,
    ]
    #expect(events[1] as NSDictionary == rejected)
}

@Test func theJSONOfARejectedFileTellsTheFault() throws {
    let fault: NSDictionary = [
        "code": "MalformedFileError",
        "reason": "MalformedFileError: line 1, column 2: a key in quotation marks was expected, found x",
        "line": 1, "column": 2, "offset": 1,
    ]
    #expect(try object(report("{x"))["fault"] as? NSDictionary == fault)
    let directory = ValidationReport(.notARegularFile(kind: "directory"), from: .agent, named: "\u{1}\"é")
    let members = try object(directory)
    #expect(members["file"] as? String == "\u{1}\"é")
    #expect(
        members["fault"] as? NSDictionary == [
            "code": "NotARegularFileError", "reason": "NotARegularFileError: directory",
        ])
}

@Test func nothingInAFileOrItsNameCommandsTheTerminal() {
    let hostile = "\u{1B}]0;x\u{7}\u{9B}2J\u{202E}\u{8}"
    let event = "{\(timed)\"Message\":\"m\(hostile)\",\"\(hostile)\":1}".replacing("Install", with: "T\u{9D}")
    for text in ["[\(event),{\"\u{202E}\u{9B}\":1}]", "\(hostile)", "[{\"a\":\"\(hostile)"] {
        var report = ValidationReport(of: Array(text.utf8), from: .handler(""), named: hostile)
        report.warning = "none"
        let shown = report.text(style: .plain)
        #expect(
            shown.unicodeScalars.allSatisfy {
                $0 == "\n"
                    || ($0.value >= 0x20 && $0.properties.generalCategory != .control
                        && $0.properties.generalCategory != .format)
            })
    }
}

@Test func coloursOnlyComeWhereTheyAreAskedFor() {
    let text = "[{},{\(timed)\"Message\":\"x\"}]"
    #expect(!report(text).text(style: .plain).contains("\u{1B}"))
    let coloured = report(text).text(style: .coloured)
    let plain = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(coloured != plain)
    #expect(plain == report(text).text(style: .plain))
}

@Test func theSummaryCountsFilesAndEvents() {
    var summary = ValidationSummary()
    #expect(summary.text(style: .plain) == "0 files: 0 events accepted\n")
    summary.add(report("{\(timed)\"Message\":\"x\"}"))
    #expect(summary.text(style: .plain) == "1 file: 1 event accepted\n")
    #expect(!summary.findsFaults)
    summary.add(report("[{},7]"))
    #expect(summary.findsFaults)
    summary.add(report("x"))
    summary.add(ValidationReport(.unreadable(reason: "No such file or directory"), from: .agent, named: "2.tld"))
    #expect(summary.unreadFiles == 1)
    #expect(
        summary.text(style: .plain)
            == "4 files: 1 event accepted, 2 events rejected, 1 file rejected, 1 file not read\n")
}

@Test func aFileThatIsRejectedWholeIsAFault() {
    var summary = ValidationSummary()
    summary.add(report("x"))
    #expect(summary.findsFaults)
    var unread = ValidationSummary()
    unread.add(ValidationReport(.unreadable(reason: "Permission denied"), from: .agent, named: "2.tld"))
    #expect(!unread.findsFaults)
}
