import HTTP
import ProgramTestKit
import Testing

@testable import Delivery
@testable import TelemetryEvents

@Suite(.enabled(if: OTLPDecoder.isAvailable, "\(OTLPDecoder.lack)")) struct OTLPFormatTests {
    static func format(path: String = "", headers: [HTTPHeader] = []) -> OTLPFormat {
        OTLPFormat(
            origin: HTTPOrigin(scheme: .https, host: "collector.example", port: 4318), path: path, headers: headers,
            version: "1.2.3", retryAfter: { _ in nil })
    }

    /// The requests for all the events, and how many of them each holds.
    private static func requests(for events: [TelemetryEvent]) throws -> [(request: HTTPRequest, events: Int)] {
        var format = format()
        var requests: [(HTTPRequest, Int)] = []
        var rest = events[...]
        while !rest.isEmpty {
            guard case .request(let request, let count) = format.encode(rest) else {
                throw TestKitError("an event cannot be sent")
            }
            try #require((1...rest.count).contains(count))
            requests.append((request, count))
            rest = rest.dropFirst(count)
        }
        return requests
    }

    /// What the requests for the events say, by the independent decoder.
    private static func decoded(_ events: [TelemetryEvent]) throws -> [DecodedLogs] {
        try OTLPDecoder.decode(try requests(for: events).map(\.request.body))
    }

    private static func record(_ event: TelemetryEvent) throws -> DecodedLogs.Record {
        let logs = try decoded([event])
        try #require(logs.count == 1 && logs[0].records.count == 1)
        return logs[0].records[0]
    }

    @Test func anExtensionsEventIsARecordInTheContractsWords() throws {
        let event = OTLPEvents.event(
            [
                .eventLevel: "Warning", .eventPid: "11", .eventTid: "22", .message: "hello", .operationId: "op-1",
                .taskName: "Enable", .timestamp: "2023-11-14T22:13:20.5Z", .version: "1.2.3",
            ], index: 3)
        let record = try Self.record(event)
        #expect(record.time == 1_700_000_000_500_000_000)
        #expect(record.observedTime == 0x1234)
        #expect(record.severityNumber == 13)
        #expect(record.severityText == "Warning")
        #expect(record.body == .text("hello"))
        #expect(
            record.attributes == [
                .init("log.record.uid", .text("0000000000001234-0007-3")),
                .init("telltale.handler", .text("Fixture.Ext.Alpha")),
                .init("telltale.file", .text("1591905451.json")), .init("telltale.task", .text("Enable")),
                .init("telltale.operation_id", .text("op-1")), .init("service.version", .text("1.2.3")),
                .init("process.pid", .integer(11)), .init("thread.id", .integer(22)),
            ])
    }

    @Test(
        arguments: [
            ("Critical", 21), ("Error", 17), ("Warning", 13), ("Informational", 9), ("LogAlways", 9), ("Verbose", 5),
            ("vErBoSe", 5), ("Loud", 0), ("", 0),
        ])
    func aLevelHasItsSeverityAndStaysAsItIsWritten(level: String, severity: Int) throws {
        let record = try Self.record(OTLPEvents.event([.eventLevel: level, .message: "m"]))
        #expect(record.severityNumber == severity)
        #expect(record.severityText == (level.isEmpty ? nil : ExactText(level)))
    }

    @Test func whatIsEmptyIsLeftOutAndATimeThatIsNoneIsNotSet() throws {
        let record = try Self.record(OTLPEvents.event([.message: "m", .timestamp: "yesterday"]))
        #expect(record.time == 0)
        #expect(record.attributes.map(\.key) == ["log.record.uid", "telltale.handler", "telltale.file"])
    }

    @Test(
        arguments: [
            ("0", .integer(0)), ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .text("9223372036854775808")), ("007", .text("007")), ("-0", .text("-0")),
            ("+1", .text("+1")), ("1.0", .text("1.0")), ("x", .text("x")), ("١", .text("١")),
        ] as [(String, DecodedLogs.Value)])
    func aNumberIsAnIntegerOnlyWhereNothingIsLostByThat(text: String, value: DecodedLogs.Value) throws {
        let record = try Self.record(OTLPEvents.event([.message: "m", .eventPid: text, .eventTid: text]))
        #expect(record["process.pid"] == value)
        #expect(record["thread.id"] == value)
    }

    @Test func anAgentsEventHasItsParametersWithTheirTypes() throws {
        let parameters = [
            Parameter("Name", .text("WALinuxAgent")), Parameter("Message", .text("said")),
            Parameter("OperationSuccess", .boolean(false)), Parameter("Duration", .integer("17")),
            Parameter("Big", .integer("18446744073709551615")), Parameter("Load", .float(0.1)),
            Parameter("List", .json("[1,null]")), Parameter("Empty", .text("")),
        ]
        let event = TelemetryEvent(
            file: OTLPEvents.file(), index: 1, eventID: 9, providerID: "P", content: .agentEvent(parameters), time: "")
        let record = try Self.record(event)
        #expect(record.time == 1_700_000_000_123_456_789)
        #expect(record.severityNumber == 13)
        #expect(record.severityText == nil)
        #expect(record.body == .text("said"))
        #expect(
            record.attributes == [
                .init("log.record.uid", .text("0000000000000011-0003-1")), .init("telltale.file", .text("1.tld")),
                .init("telltale.provider", .text("P")), .init("telltale.provider_event", .integer(9)),
                .init("Name", .text("WALinuxAgent")), .init("Message", .text("said")),
                .init("OperationSuccess", .boolean(false)), .init("Duration", .integer(17)),
                .init("Big", .text("18446744073709551615")), .init("Load", .float(0.1)),
                .init("List", .text("[1,null]")), .init("Empty", .text("")),
            ])
    }

    @Test func aReportOfOurOwnHasItsLevelAndItsMessageAndNoFile() throws {
        let file = OTLPEvents.file(nil, from: .telltale)
        let record = try Self.record(OwnReport.warning("dropped").event(in: file, version: "1"))
        #expect(record.severityNumber == 13)
        #expect(record.severityText == "WARNING")
        #expect(record.body == .text("dropped"))
        #expect(record["telltale.file"] == nil)
        #expect(record["EventName"] == .text("Log"))
    }

    @Test func keysAreNeverRepeatedOrEmpty() throws {
        let parameters = [
            Parameter("a", .text("1")), Parameter("", .text("nameless")), Parameter("telltale.file", .text("mine")),
            Parameter("a", .integer("2")), Parameter("e\u{301}", .text("two")), Parameter("\u{E9}", .text("one")),
            Parameter("a", .boolean(true)), Parameter("", .text("too")),
        ]
        let record = try Self.record(SampleEvents.agentEvent(parameters))
        #expect(record["telltale.file"] == .text("1.tld"))
        #expect(
            record.attributes.dropFirst(4) == [
                .init("a", .list([.text("1"), .integer(2), .boolean(true)])),
                .init("telltale.parameter.", .list([.text("nameless"), .text("too")])),
                .init("telltale.parameter.telltale.file", .text("mine")), .init("e\u{301}", .text("two")),
                .init("\u{E9}", .text("one")),
            ])
    }

    @Test func eventsOfOneMachineShareAResourceAndOthersHaveTheirOwn() throws {
        let other = CommonParameters(leading: [], collector: [], trailing: [Parameter("VMId", .text("other"))])
        let files = [
            SampleEvents.file("1.json"), SampleEvents.file("2.json"), SampleEvents.file("3.json", common: other),
            SampleEvents.file("4.json"),
        ]
        let logs = try #require(try Self.decoded(files.map { SampleEvents.extensionEvent(in: $0) }).first)
        #expect(logs.resourceLogs.map { $0.scopeLogs.map(\.records.count) } == [[2], [1], [1]])
        #expect(
            logs.records.map { $0["telltale.file"] }
                == [.text("1.json"), .text("2.json"), .text("3.json"), .text("4.json")])
        #expect(
            logs.resourceLogs.map { $0.resource.contains(.init("host.id", .text("other"))) } == [false, true, false])
        for scope in logs.resourceLogs.flatMap(\.scopeLogs) {
            #expect(scope.name == "telltale")
            #expect(scope.version == "1.2.3")
        }
    }

    @Test(arguments: 0..<4) func randomEventsArriveFieldByField(seed: UInt64) throws {
        var random = RandomEvents(seed: seed)
        let events = (0..<1000).map { random.next($0) }
        let logs = try Self.decoded(events)
        let records = logs.flatMap(\.records)
        try #require(records.count == events.count)
        for (event, record) in zip(events, records) {
            guard record != OTLPExpectation.record(of: event) else { continue }
            Issue.record("\(event)\narrived as\n\(record)")
            return
        }
        #expect(logs.allSatisfy { $0.resourceLogs.allSatisfy { $0.scopeLogs.count == 1 } })
    }

    @Test func aLongTextArrivesWhole() throws {
        let long = String(repeating: "\u{0}é漢😀", count: 6554)
        #expect(long.utf8.count > 65_536)
        let record = try Self.record(SampleEvents.agentEvent([Parameter("Message", .text(UTF8Text(long)))]))
        #expect(record.body == .text(ExactText(long)))
        #expect(record["Message"] == .text(ExactText(long)))
    }

    @Test func aRequestIsBoundedByItsBytesAndTakesAsManyEventsAsFit() throws {
        // Lengths of all widths, so that the bytes before them have all theirs.
        let events = (0..<400).map { SampleEvents.extensionEvent(message: String(repeating: "x", count: $0 * $0 / 4)) }
        let requests = try Self.requests(for: events)
        #expect(requests.count > 3)
        for (request, _) in requests { #expect(request.body.count <= OTLPFormat.mostBytes) }
        var sent = 0
        for (request, count) in requests.dropLast() {
            sent += count
            let next = try Self.requests(for: [events[sent]])[0].request
            #expect(request.body.count + next.body.count > OTLPFormat.mostBytes, "there was room for another")
        }
        let records = try OTLPDecoder.decode(requests.map(\.request.body)).flatMap(\.records)
        #expect(records == events.map(OTLPExpectation.record))
    }

    @Test func theLimitOfARequestHoldsToTheByte() throws {
        func events(length: Int) -> [TelemetryEvent] {
            [
                SampleEvents.extensionEvent(message: String(repeating: "x", count: length)),
                SampleEvents.extensionEvent(),
            ]
        }
        // Far enough below the limit, and near enough that no length is written with another number of bytes there.
        let length = OTLPFormat.mostBytes - 5000
        let room = OTLPFormat.mostBytes - (try Self.requests(for: events(length: length))[0].request.body.count)
        let full = try Self.requests(for: events(length: length + room))
        #expect(full.map(\.events) == [2])
        #expect(full[0].request.body.count == OTLPFormat.mostBytes)
        let over = try Self.requests(for: events(length: length + room + 1))
        #expect(over.map(\.events) == [1, 1])
        let records = try OTLPDecoder.decode((full + over).map(\.request.body)).map(\.records)
        #expect(records.map(\.count) == [2, 1, 1])
    }

    @Test func anEventThatIsLargerThanARequestGoesAlone() throws {
        let large = SampleEvents.agentEvent([
            Parameter("a", .text(UTF8Text(String(repeating: "x", count: OTLPFormat.mostBytes))))
        ])
        let requests = try Self.requests(for: [SampleEvents.extensionEvent(), large, SampleEvents.extensionEvent()])
        #expect(requests.map(\.events) == [1, 1, 1])
        #expect(requests[1].request.body.count > OTLPFormat.mostBytes)
        #expect(try OTLPDecoder.decode(requests.map(\.request.body)).map(\.records.count) == [1, 1, 1])
    }

    @Test func aRequestIsBoundedByItsEvents() throws {
        let events = SampleEvents.numbered(0..<(OTLPFormat.mostEvents + 1))
        let requests = try Self.requests(for: events)
        #expect(requests.map(\.events) == [OTLPFormat.mostEvents, 1])
        let records = try OTLPDecoder.decode(requests.map(\.request.body)).flatMap(\.records)
        #expect(records == events.map(OTLPExpectation.record))
    }

    @Test func aProbeIsARequestWithoutAnything() throws {
        let probe = Self.format().probe
        #expect(try OTLPDecoder.decode([probe.body]) == [DecodedLogs()])
        #expect(probe.method == .post)
        #expect(probe.target == "/v1/logs")
    }

    @Test(arguments: [("", "/v1/logs"), ("/otlp/tenant%201", "/otlp/tenant%201/v1/logs")])
    func aRequestGoesBelowTheEndpointsPathWithTheOperatorsHeaders(path: String, target: String) throws {
        var format = Self.format(path: path, headers: [HTTPHeader("Authorization", "Bearer x")])
        guard case .request(let request, 1) = format.encode([SampleEvents.extensionEvent()]) else {
            Issue.record("no request")
            return
        }
        #expect(request.method == .post)
        #expect(request.origin.description == "https://collector.example:4318")
        #expect(request.target == target)
        #expect(
            request.headers == [
                HTTPHeader("Content-Type", "application/x-protobuf"), HTTPHeader("User-Agent", "Telltale/1.2.3"),
                HTTPHeader("Authorization", "Bearer x"),
            ])
    }
}
