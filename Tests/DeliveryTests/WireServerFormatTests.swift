import HTTP
import Synchronization
import Testing

@testable import Delivery
@testable import TelemetryEvents

@Suite struct WireServerFormatTests {
    private static let origin = HTTPOrigin(host: "168.63.129.16", port: 80)
    private static let agent = "69B669B9-4AF8-4C50-BDC4-6006FA76E975"
    private static let limit = WireServerFormat.limit

    private static func format(
        retryAfter: @escaping @Sendable (HTTPAnswer) -> Duration? = { _ in nil },
        onGone: @escaping @Sendable () -> Void = {}
    ) -> WireServerFormat {
        WireServerFormat(to: origin, retryAfter: retryAfter, onGone: onGone)
    }

    /// The bodies of all requests that the events become, and the reasons of those that become none.
    private static func bodies(of events: [TelemetryEvent]) -> (sent: [String], unsendable: [String]) {
        var format = format()
        var rest = events[...]
        var sent: [String] = []
        var unsendable: [String] = []
        while !rest.isEmpty {
            switch format.encode(rest) {
            case .request(let request, let count):
                sent.append(String(decoding: request.body, as: UTF8.self))
                rest = rest.dropFirst(count)
            case .unsendable(let reason):
                unsendable.append(reason)
                rest = rest.dropFirst()
            }
        }
        return (sent, unsendable)
    }

    private static func body(_ elements: String, of provider: String = agent) -> String {
        #"<?xml version="1.0"?><TelemetryData version="1.0"><Provider id="\#(provider)">"# + elements
            + "</Provider></TelemetryData>"
    }

    private static func element(_ parameters: String, id: Int = 1) -> String {
        #"<Event id="\#(id)"><![CDATA["# + parameters + "]]></Event>"
    }

    @Test func aRequestIsAPostOfXMLToTheTelemetryChannel() throws {
        var format = Self.format()
        let encoded = format.encode([SampleEvents.event([])])
        guard case .request(let request, events: 1) = encoded else {
            Issue.record("no request: \(encoded)")
            return
        }
        #expect(request.method == .post)
        #expect(request.origin == Self.origin)
        #expect(request.target == "/machine?comp=telemetrydata")
        #expect(
            request.headers == [
                HTTPHeader("x-ms-agent-name", "WALinuxAgent"), HTTPHeader("x-ms-version", "2012-11-30"),
                HTTPHeader("Content-Type", "text/xml;charset=utf-8"),
            ])
        #expect(format.probe.target == request.target && format.probe.method == .post)
        #expect(String(decoding: format.probe.body, as: UTF8.self) == Self.body(""))
    }

    @Test func markupQuotesAndLineEndsAreEscapedAsTheReferenceDoes() {
        let values = [
            "a & b < c > d", "say \"hi\"", "it's", "both \" and '", "l1\nl2\r\nl3\tend", "&amp; &#10; &lt;", "x]]>y",
            "<![CDATA[z]]>", "]]", ">",
        ]
        let parameters = values.map { Parameter("A", .text(UTF8Text($0))) }
        let expected = [
            #""a &amp; b &lt; c &gt; d""#, #"'say "hi"'"#, #""it's""#, #""both &quot; and '""#,
            #""l1&#10;l2&#13;&#10;l3&#9;end""#, #""&amp;amp; &amp;#10; &amp;lt;""#, #""x]]&gt;y""#,
            #""&lt;![CDATA[z]]&gt;""#, #""]]""#, #""&gt;""#,
        ].map { #"<Param Name="A" Value=\#($0) T="mt:wstr" />"# }.joined()
        #expect(Self.bodies(of: [SampleEvents.event(parameters)]).sent == [Self.body(Self.element(expected))])
    }

    @Test func eachTypeHasItsName() {
        let parameters: [(Parameter.Value, String, String)] = [
            (.text("text"), "text", "wstr"), (.text(""), "", "wstr"), (.text("café 文字 🚀"), "café 文字 🚀", "wstr"),
            (.integer("42"), "42", "uint64"), (.integer("0"), "0", "uint64"),
            (.integer("18446744073709551615"), "18446744073709551615", "uint64"),
            (.integer("18446744073709551616"), "18446744073709551616", "wstr"), (.integer("-1"), "-1", "int64"),
            (.integer("-9223372036854775808"), "-9223372036854775808", "int64"),
            (.integer("-9223372036854775809"), "-9223372036854775809", "wstr"),
            (.boolean(true), "True", "bool"), (.boolean(false), "False", "bool"),
            (.float(1.5), "1.5", "float64"), (.float(2), "2.0", "float64"), (.float(1e16), "1e+16", "float64"),
            (.float(0.00001), "1e-05", "float64"), (.json("null"), "null", "wstr"),
            (.json("[1,null]"), "[1,null]", "wstr"),
        ]
        let expected = parameters.map { #"<Param Name="Ü" Value="\#($0.1)" T="mt:\#($0.2)" />"# }.joined()
        let event = SampleEvents.event(parameters.map { Parameter("Ü", $0.0) })
        #expect(Self.bodies(of: [event]).sent == [Self.body(Self.element(expected))])
    }

    @Test func namesProvidersAndJSONAreEscapedToo() {
        let event = SampleEvents.event(
            [Parameter("a\"b&c<d>'\n", .text("v")), Parameter("x", .json(#"{"k":"<'"}"#))], eventID: -7,
            of: "P\"<]]>\u{1}")
        let expected =
            #"<Param Name="a&quot;b&amp;c&lt;d&gt;'&#10;" Value="v" T="mt:wstr" />"#
            + #"<Param Name="x" Value="{&quot;k&quot;:&quot;&lt;'&quot;}" T="mt:wstr" />"#
        #expect(
            Self.bodies(of: [event]).sent
                == [Self.body(Self.element(expected, id: -7), of: "P&quot;&lt;]]&gt;\u{FFFD}")])
    }

    @Test func whatXMLCannotWriteIsReplaced() {
        let text = "\u{0}a\u{1F}\u{7F}\u{85}\u{FFFE}\u{FFFF}\u{FFFD}\u{FFEF}\u{F000}\u{2028}"
        let expected = "\u{FFFD}a\u{FFFD}\u{7F}\u{85}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFEF}\u{F000}\u{2028}"
        let sent = Self.bodies(of: [SampleEvents.event([Parameter("A", .text(UTF8Text(text)))])]).sent
        // Compared as bytes: to strings, some code points are the same.
        #expect(
            sent.map { Array($0.utf8) }
                == [Array(Self.body(Self.element(#"<Param Name="A" Value="\#(expected)" T="mt:wstr" />"#)).utf8)])
    }

    @Test(arguments: ["<", "\"", "\u{1}", "\u{FFFF}", "\u{FFEF}"])
    func anEscapeIsFoundAtEveryPlaceOfAText(character: String) {
        for place in 0..<40 {
            let before = String(repeating: "b", count: place)
            let after = String(repeating: "c", count: 39 - place)
            let sent = Self.bodies(of: [
                SampleEvents.event([Parameter("A", .text(UTF8Text(before + character + after)))])
            ])
            let value =
                switch character {
                case "<": "\"\(before)&lt;\(after)\""
                case "\"": "'\(before)\"\(after)'"
                case "\u{FFEF}": "\"\(before)\u{FFEF}\(after)\""
                default: "\"\(before)\u{FFFD}\(after)\""
                }
            let expected = Self.body(Self.element(#"<Param Name="A" Value=\#(value) T="mt:wstr" />"#))
            #expect(sent.sent.map { Array($0.utf8) } == [Array(expected.utf8)])
        }
    }

    @Test func theShortcutForExtensionEventsWritesTheSameAsTheirParameters() {
        let file = SampleEvents.file()
        let other = SampleEvents.file(
            common: CommonParameters(
                leading: [], collector: [], trailing: [Parameter("VMId", .text("\"")), Parameter("RAM", .integer("1"))])
        )
        let events = [file, file, other, file].enumerated().map { number, file in
            SampleEvents.extensionEvent(message: "\(number) \"b\"\n<", in: file, index: number)
        }
        let plain = events.map { event in
            var parameters: [Parameter] = []
            event.forEachParameter { parameters.append($0) }
            return SampleEvents.event(parameters, eventID: 7, of: event.providerID)
        }
        let sent = Self.bodies(of: events).sent
        #expect(sent.count == 1)
        #expect(sent == Self.bodies(of: plain).sent)
        #expect(sent.first?.contains(#"<Param Name="Context1" Value='2 "b"&#10;&lt;' T="mt:wstr" />"#) == true)
    }

    // MARK: What one request holds

    @Test func aRequestStopsAtAnEventOfAnotherProvider() {
        let providers: [UTF8Text] = ["P", "P", "Q", "P"]
        let events = providers.enumerated().map { number, provider in
            SampleEvents.event([Parameter("N", .integer(UTF8Text("\(number)")))], of: provider)
        }
        let elements = (0..<4).map { Self.element(#"<Param Name="N" Value="\#($0)" T="mt:uint64" />"#) }
        #expect(
            Self.bodies(of: events).sent == [
                Self.body(elements[0] + elements[1], of: "P"), Self.body(elements[2], of: "Q"),
                Self.body(elements[3], of: "P"),
            ])
    }

    @Test func eventsShareARequestWhileTheyTakeLessThanTheLimitTogether() {
        let first = SampleEvents.event(takingBytes: 30_001)
        func sizes(_ second: Int) -> [Int] {
            Self.bodies(of: [first, SampleEvents.event(takingBytes: second)]).sent.map {
                $0.utf8.count - Self.body("").utf8.count
            }
        }
        #expect(sizes(Self.limit - 1 - 30_001) == [Self.limit - 1])
        #expect(sizes(Self.limit - 30_001) == [30_001, Self.limit - 30_001])
        #expect(sizes(Self.limit + 1 - 30_001) == [30_001, Self.limit + 1 - 30_001])
    }

    @Test func anEventOfTheLimitOrMoreIsNeverSentAndTheOthersAre() {
        let events = [-1, 0, 1, 200].map { SampleEvents.event(takingBytes: Self.limit + $0) }
        let (sent, unsendable) = Self.bodies(of: [events[1], events[0], events[2], events[3], events[0]])
        #expect(sent.map { $0.utf8.count - Self.body("").utf8.count } == [Self.limit - 1, Self.limit - 1])
        #expect(
            unsendable == [
                "the event takes 64512 bytes of XML; fewer than 64512 can be sent",
                "the event takes 64513 bytes of XML; fewer than 64512 can be sent",
                // The parts that every event has are not counted once the rest alone is too much.
                "the event takes more than 64640 bytes of XML; fewer than 64512 can be sent",
            ])
    }

    @Test func escapesCountIntoTheSize() {
        let message = String(repeating: "&", count: Self.limit / 5)
        let event = SampleEvents.event([Parameter("Message", .text(UTF8Text(message)))])
        #expect(Self.bodies(of: [event]).unsendable.count == 1)
    }

    // MARK: Answers

    private static func answer(_ status: Int, _ body: String = "") -> HTTPAnswer {
        HTTPAnswer(status: status, body: Array(body.utf8))
    }

    @Test(arguments: [
        (200, "accepted"), (201, "accepted"), (202, "accepted"), (403, "throttled"), (429, "throttled"),
        (503, "throttled"), (410, "retry"), (408, "retry"), (500, "retry"), (502, "retry"), (301, "retry"),
        (204, "retry"), (400, "refused"), (404, "refused"), (413, "refused"), (499, "refused"),
    ])
    func eachStatusHasItsMeaning(status: Int, meaning: String) {
        let format = Self.format(retryAfter: { _ in .seconds(7) })
        let expected: RequestVerdict =
            switch meaning {
            case "accepted": .accepted(leftOut: nil)
            case "throttled": .throttled(after: .seconds(7), reason: "\(status): no")
            case "retry": .retry(after: .seconds(7), reason: "\(status): no")
            default: .refused(reason: "\(status): no")
            }
        #expect(format.verdict(on: Self.answer(status, "no")) == expected)
    }

    @Test func aGoalStateThatIsGoneIsToldOf() {
        let told = Mutex(0)
        let format = Self.format(onGone: { told.withLock { $0 += 1 } })
        for status in [200, 404, 410, 503] { _ = format.verdict(on: Self.answer(status)) }
        #expect(told.withLock { $0 } == 1)
    }

    @Test func aReasonIsOneBoundedLineThatNoTerminalObeys() {
        let format = Self.format()
        func reason(_ body: String) -> String? {
            if case .refused(let reason) = format.verdict(on: Self.answer(400, body)) { reason } else { nil }
        }
        #expect(reason("") == "400")
        #expect(reason(" \r\n<Error>\n\t<Code>Bad\u{1B}[31m</Code>") == "400: <Error> <Code>Bad␛[31m</Code>")
        #expect(reason(String(repeating: "x", count: 5000)) == "400: " + String(repeating: "x", count: 199) + "…")
    }
}
