import HTTP
import Synchronization
import SystemCalls
import Testing

@testable import Delivery
@testable import TelemetryEvents

@Suite struct WireServerSinkTests {
    /// The requests that a sink makes, and the answers that it gets.
    private final class Server: Sendable {
        struct State: Sendable {
            var bodies: [String] = []
            var gone = 0
        }

        private let state = Mutex(State())
        private let answer: @Sendable (_ body: String, _ ordinal: Int) throws(HTTPFailure) -> HTTPAnswer

        init(_ answer: @escaping @Sendable (_ body: String, _ ordinal: Int) throws(HTTPFailure) -> HTTPAnswer) {
            self.answer = answer
        }

        func sink() -> WireServerSink {
            let format = WireServerFormat(
                to: HTTPOrigin(host: "168.63.129.16", port: 80), retryAfter: { $0.retryAfterNow },
                onGone: { self.state.withLock { $0.gone += 1 } })
            return WireServerSink(
                RequestSender(
                    format, now: { Clocks.nanosecondsSinceBoot() },
                    exchange: { request throws(HTTPFailure) in try self.exchange(request) }))
        }

        private func exchange(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPAnswer {
            let body = String(decoding: request.body, as: UTF8.self)
            let ordinal = state.withLock { state in
                state.bodies.append(body)
                return state.bodies.count - 1
            }
            return try answer(body, ordinal)
        }

        var seen: State { state.withLock { $0 } }
    }

    private static func events(_ count: Int) -> [TelemetryEvent] {
        (0..<count).map { SampleEvents.event([Parameter("N", .text(UTF8Text("<\($0)>")))], index: $0) }
    }

    @Test func itIsGivenTheEventsOfOneProviderAndSendsThemTogether() {
        let server = Server { _, _ in HTTPAnswer(status: 200) }
        let sink = server.sink()
        #expect(sink.name == "wireserver")
        guard case .byProvider = sink.grouping else {
            Issue.record("events of other providers come between them")
            return
        }
        let outcome = sink.deliver(Self.events(3)[...])
        #expect(outcome.finished == 3)
        #expect(server.seen.bodies.count == 1)
        #expect(server.seen.bodies.first?.contains(#"Value="&lt;2&gt;" T="mt:wstr" />]]></Event></Provider>"#) == true)
    }

    @Test func aThrottledCallKeepsTheEventsForAsLongAsTheServerAsks() {
        let server = Server { _, _ in HTTPAnswer(status: 429, headers: [HTTPHeader("retry-after", "20")]) }
        let sink = server.sink()
        let outcome = sink.deliver(Self.events(3)[...])
        guard case .throttled(.some(.seconds(20)), "429") = outcome.rest else {
            Issue.record("not throttled: \(outcome.rest)")
            return
        }
        guard case .paced(let delay) = sink.deliver(Self.events(3)[...]).rest else {
            Issue.record("the server is called before it wants to be")
            return
        }
        #expect(delay > .seconds(10) && delay <= .seconds(20))
        #expect(server.seen.bodies.count == 1)
    }

    @Test func aGoalStateThatIsGoneIsToldOfAndTheEventsAreKept() {
        let server = Server { _, ordinal in HTTPAnswer(status: ordinal == 0 ? 410 : 200) }
        let sink = server.sink()
        let outcome = sink.deliver(Self.events(3)[...])
        guard case .retry(nil, "410") = outcome.rest else {
            Issue.record("not tried again: \(outcome.rest)")
            return
        }
        #expect(outcome.finished == 0 && server.seen.gone == 1)
        #expect(sink.deliver(Self.events(3)[...]).finished == 3)
        #expect(server.seen.gone == 1)
    }

    @Test func theOneEventThatTheServerRefusesIsNamedAndTheOthersAreDelivered() {
        let server = Server { body, _ in
            let isFaulty = body.contains("&lt;5&gt;")
            return HTTPAnswer(status: isFaulty ? 400 : 200, body: isFaulty ? Array("bad\nvalue".utf8) : [])
        }
        let outcome = server.sink().deliver(Self.events(12)[...])
        #expect(outcome.finished == 12)
        #expect(outcome.refused.map { "\($0.event.index) \($0.reason)" } == ["5 400: bad value"])
    }

    @Test func anEventThatIsTooLargeIsRefusedWithoutARequestOfItsOwn() {
        let server = Server { _, _ in HTTPAnswer(status: 200) }
        let events = [
            SampleEvents.event(takingBytes: 100), SampleEvents.event(takingBytes: WireServerFormat.limit),
            SampleEvents.event(takingBytes: 100),
        ]
        let outcome = server.sink().deliver(events[...])
        #expect(outcome.finished == 3 && outcome.refused.count == 1)
        #expect(outcome.refused.first?.reason.contains("\(WireServerFormat.limit)") == true)
        #expect(server.seen.bodies.count == 2)
    }
}
