import HTTP
import ProgramTestKit
import RateLimiting
import Reporting
import Synchronization
import SystemCalls
import SystemPackage
import TelemetryEvents
import Testing

@testable import Collection
@testable import Delivery

/// The sink `wireserver`, which a test can end.
private final class EndingSink: Sink {
    let name = "wireserver"
    let grouping = SinkGrouping.byProvider
    private let sink: WireServerSink
    private let isEnding = Mutex(false)

    init(_ sink: WireServerSink) {
        self.sink = sink
    }

    func end() { isEnding.withLock { $0 = true } }

    func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        if isEnding.withLock({ $0 }) { return DeliveryOutcome(finished: 0, rest: .closed(reason: "the test ends")) }
        return sink.deliver(events)
    }
}

/// A clock of which an hour passes while the server is down, and what happens meanwhile.
private final class Outage: Sendable {
    static let hour: UInt64 = 3_600_000_000_000
    static let handlers = 10
    static let eventsPerFile = 10

    private struct State: Sendable {
        var now: UInt64 = 1_000_000_000
        var published = 0
    }

    private let state = Mutex(State())
    private let tested: TestedCollector.Place
    let total: Int

    init(of total: Int, at tested: TestedCollector.Place) {
        self.total = total
        self.tested = tested
    }

    var now: UInt64 { state.withLock { $0.now } }
    var published: Int { state.withLock { $0.published } }

    /// Lets a delay pass; publishers write as many events as belong to it.
    func pass(_ delay: Duration) throws {
        let (first, last) = state.withLock { state in
            state.now += UInt64(delay / .nanoseconds(1))
            let share = Double(min(state.now, Self.hour)) / Double(Self.hour)
            let first = state.published
            state.published = max(first, Int(share * Double(total)) / Self.eventsPerFile * Self.eventsPerFile)
            if state.now >= Self.hour { state.published = total }
            return (first, state.published)
        }
        for number in stride(from: first, to: last, by: Self.eventsPerFile) {
            let events = (number..<number + Self.eventsPerFile).map { oneEvent.replacing("\"m\"", with: "\"\($0)\"") }
            try tested.publish("[" + events.joined(separator: ",") + "]", as: number, of: number / 10 % Self.handlers)
        }
    }
}

extension TestedCollector {
    /// Where publishers write, for any thread.
    fileprivate struct Place: Sendable {
        let root: String

        func publish(_ text: String, as number: Int, of handler: Int) throws {
            let directory = try Directory.make(at: FilePath("\(root)/Handler\(handler)/events"))
            let temporary = FileName("\(number).new".utf8)
            try directory.write(text, to: temporary)
            try directory.move(temporary, to: directory, as: FileName("\(number).json".utf8))
        }
    }
}

@Test func aHundredThousandEventsOfAnHourWithoutTheServerAllArriveOnceAndTheMemoryStaysBounded() throws {
    let tested = try TestedCollector()
    tested.settings.limit = RateLimit(cap: 1_000_000)
    // A port on which nobody listens until the hour is over.
    let port = try {
        let server = try HTTPServer { _ in .end(after: "") }
        defer { server.close() }
        return server.port
    }()
    let place = TestedCollector.Place(root: tested.scratch("log"))
    let outage = Outage(of: 100_000, at: place)
    let receiver = Mutex<WireReceiver?>(nil)
    let failures = Mutex<[String]>([])

    let client = HTTPClient()
    let session = HTTPSession(client, limits: HTTPLimits(time: .seconds(20), answerSize: 65_536))
    let sink = EndingSink(WireServerSink(to: HTTPOrigin(host: "127.0.0.1", port: port), by: session, onGone: {}))
    let wakeUp = try WakeUp()
    let notices = NoticeLog(to: .none)
    let time = LaneTime(
        now: { outage.now },
        pause: { delay, inbox in
            do {
                try outage.pass(delay)
                if outage.now >= Outage.hour {
                    try receiver.withLock { if $0 == nil { $0 = try WireReceiver(port: port) } }
                }
            } catch {
                failures.withLock { $0.append("\(error)") }
            }
        })
    let delivery = Delivery(sinks: [sink], notices: notices, time: time) { wakeUp.signal() }
    try delivery.start()
    let parameters = ParameterFeed(CommonParameters(leading: [], collector: [], trailing: []), wakeUp: wakeUp)
    parameters.settle()
    let collector = try Collector(
        settings: tested.settings,
        spool: Spool(at: FilePath(tested.scratch("spool")), purpose: "test", sinks: [sink.name]), delivery: delivery,
        wakeUp: wakeUp, notices: notices, validator: EventValidator(), parameters: parameters,
        identity: ServiceStatus.Process(), requests: CollectorRequests(wakeUp: wakeUp),
        signals: nil)
    // What the retry began with.
    try place.publish("[\(oneEvent)]", as: 1_000_000, of: 0)

    try Thread(named: "test-end") {
        _ = eventually {
            receiver.withLock { $0 }?.messages.count ?? 0 > outage.total || !failures.withLock { $0 }.isEmpty
        }
        sink.end()
        _ = try? place.publish("[\(oneEvent)]", as: 2_000_000, of: 0)
    }.detach()
    let ending = try collector.run(.service, observer: .init())
    guard case .sinkClosed = ending else {
        Issue.record("\(ending)")
        return
    }
    #expect(failures.withLock { $0 } == [])
    let messages = try #require(receiver.withLock { $0 }).messages
    #expect(messages.count == outage.total + 1)
    #expect(Set(messages).count == outage.total + 1)
    #expect(collector.tally.rejected == 0)
    // Everything that waited, waited on disk: what the queues keep of a claim is its name.
    #expect(collector.owed.values.allSatisfy { $0.count <= ClaimQueue.limit })
}
