import Configuration
import Delivery
import ProgramTestKit
import RateLimiting
import Reporting
import SystemCalls
import SystemPackage
import TelemetryEvents
import Testing

@testable import Collection

/// A collector that works on a thread of its own until the test lets it go.
private final class RunningCollector {
    let tested: TestedCollector
    private let requests: CollectorRequests
    private let told = Monitor<[String]>([])
    private let ended = Monitor<Collector.Ending?>(nil)
    private let outcome = Monitor(ReloadOutcome.unchanged)

    /// With some extensions that are there before it.
    init(extensions: Int = 0, _ change: (inout CollectorSettings) -> Void = { _ in }) throws {
        tested = try TestedCollector()
        for number in 0..<extensions { _ = try tested.events(of: "Acme.\(number)") }
        change(&tested.settings)
        let wakeUp = try WakeUp()
        requests = CollectorRequests(wakeUp: wakeUp)
        let notices = NoticeLog(to: .none)
        let delivery = Delivery(sinks: [tested.sink], notices: notices) { wakeUp.signal() }
        try delivery.start()
        let parameters = ParameterFeed(CommonParameters(leading: [], collector: [], trailing: []), wakeUp: wakeUp)
        parameters.settle()
        var identity = ServiceStatus.Process()
        identity.version = "1.2.3"
        let parts = Parts(
            settings: tested.settings, spool: tested.scratch("spool"), sink: tested.sink.name, delivery: delivery,
            wakeUp: wakeUp, notices: notices, parameters: parameters, identity: identity, requests: requests)
        let (told, ended, outcome) = (told, ended, outcome)
        try Thread(named: "collector") {
            var observer = Collector.Observer()
            observer.starting = { word in
                told.withLock { $0.append("starting \(word)") }
                _ = parts.requests.submit(.reload { outcome in told.withLock { $0.append("\(outcome)") } })
            }
            observer.ready = {
                told.withLock { $0.append("ready") }
                told.wake()
            }
            observer.reload = { outcome.withLock { $0 } }
            let ending = try? parts.collector().run(.service, observer: observer)
            ended.withLock { $0 = ending ?? .interrupted }
            ended.wake()
        }.detach()
    }

    /// What a collector is made of, on its own thread.
    private struct Parts: Sendable {
        let settings: CollectorSettings
        let spool: String
        let sink: String
        let delivery: Delivery
        let wakeUp: WakeUp
        let notices: NoticeLog
        let parameters: ParameterFeed
        let identity: ServiceStatus.Process
        let requests: CollectorRequests

        func collector() throws -> Collector {
            try Collector(
                settings: settings, spool: Spool(at: FilePath(spool), purpose: "test", sinks: [sink]),
                delivery: delivery, wakeUp: wakeUp, notices: notices, validator: EventValidator(),
                parameters: parameters, identity: identity, requests: requests, signals: nil)
        }
    }

    var toldUntilReady: [String] { told.wait { $0.contains("ready") ? $0 : nil } }

    /// Asks until the status is as the test wants it.
    func status(where holds: (ServiceStatus) -> Bool) throws -> ServiceStatus {
        var last: ServiceStatus?
        _ = eventually {
            let answer = Monitor<ServiceStatus?>(nil)
            guard
                requests.submit(
                    .status { status in
                        answer.withLock { $0 = status }
                        answer.wake()
                    })
            else { return false }
            last = answer.wait { $0 }
            return last.map(holds) ?? false
        }
        return try #require(last)
    }

    func reload(to outcome: ReloadOutcome) -> ReloadOutcome {
        self.outcome.withLock { $0 = outcome }
        let answer = Monitor<ReloadOutcome?>(nil)
        _ = requests.submit(
            .reload { outcome in
                answer.withLock { $0 = outcome }
                answer.wake()
            })
        return answer.wait { $0 }
    }

    /// Ends it, and answers how.
    func end() -> Collector.Ending {
        _ = reload(to: .accepted)
        return ended.wait { $0 }
    }
}

@Suite struct StatusTests {
    @Test func theStatusTellsWhatBecameOfEveryEventAndHowLongItTook() throws {
        let running = try RunningCollector { $0.limit = RateLimit(cap: 2, period: 1_000_000_000_000) }
        let events = try running.tested.events(of: "Acme")
        let twice = Array(repeating: oneEvent, count: 3).joined(separator: ",")
        try events.write("[\(twice), {}]", to: "1.json")
        let status = try running.status { $0.extensions.first?.counts.accepted == 2 && $0.deliveryDelay.count == 1 }
        #expect(status.process.version == "1.2.3")
        #expect(status.activity == .ready)
        #expect(status.watching == watching(3))
        #expect((status.cap, status.period) == (2, 1_000_000_000_000))
        let acme = try #require(status.extensions.first)
        #expect(acme.handler == "Acme")
        #expect((acme.counts.files, acme.counts.accepted, acme.counts.overCap) == (1, 2, 1))
        #expect(acme.counts.rejected == ["MissingKeyError: Message not found": 1])
        #expect(acme.window?.admitted == 2)
        #expect(acme.window?.roomIn.map { $0 > 0 && $0 <= 1_000_000_000_000 } == true)
        #expect(status.sinks.map(\.name) == ["remembering"])
        #expect(status.sinks.map(\.delivered) == [2])
        #expect(status.sinks.map(\.state) == [.working])
        #expect(status.spool.waiting == .init(files: 0, bytes: 0))
        #expect(status.spool.oldest == nil)
        #expect(status.spool.rejected.files == 2)
        #expect((status.claimDelay.count, status.deliveryDelay.count) == (1, 1))
        guard case .reloading = running.end() else { throw TestKitError("it did not end for the reload") }
    }

    private func watching(_ directories: Int) -> ServiceStatus.Watching {
        var watching = ServiceStatus.Watching()
        watching.notified = directories
        return watching
    }

    @Test func whatIsHeldShowsAsWaitingWithItsAge() throws {
        let running = try RunningCollector {
            $0.limit = RateLimit(cap: 1, period: 1_000_000_000_000)
            $0.overCap = .hold
        }
        try running.tested.events(of: "Acme").write("[\(oneEvent),\(oneEvent)]", to: "1.json")
        let status = try running.status { $0.extensions.first?.window?.isHolding == true }
        #expect(status.extensions.first?.waiting.files == 1)
        #expect(status.spool.waiting.files == 1)
        #expect(try #require(status.spool.oldest) <= status.takenAt)
        _ = running.end()
    }

    @Test func beyondTheNamedOnesExtensionsAreSummedUp() throws {
        let running = try RunningCollector()
        let count = Tally.namedHandlers + 2
        for number in 0..<count {
            try running.tested.events(of: "Acme.\(number)").write(oneEvent, to: "1.json")
        }
        let status = try running.status { status in
            status.extensions.reduce(0) { $0 + $1.counts.accepted } == count
        }
        #expect(status.extensions.count == Tally.namedHandlers + 1)
        #expect(status.extensions.last?.handler == "")
        #expect(status.extensions.last?.counts.accepted == 2)
        _ = running.end()
    }

    @Test func aLongFirstScanIsToldUntilItIsDone() throws {
        let running = try RunningCollector(extensions: 1000) { $0.startWordInterval = 0 }
        let told = running.toldUntilReady
        #expect(told.last == "ready")
        // The end of a reload would be taken for readiness.
        #expect(
            told.dropLast().allSatisfy { $0.hasPrefix("starting The first scan goes on: ") || $0.hasPrefix("refused") })
        #expect(told.contains { $0.hasPrefix("refused") })
        #expect(told.count > 1)
        _ = running.end()
    }

    @Test func aRefusedReloadEndsNothing() throws {
        let running = try RunningCollector()
        _ = running.toldUntilReady
        #expect(running.reload(to: .refused(["no"])) == .refused(["no"]))
        try running.tested.events(of: "Acme").write(oneEvent, to: "1.json")
        _ = try running.status { $0.extensions.first?.counts.accepted == 1 }
        #expect(running.reload(to: .unchanged) == .unchanged)
        guard case .reloading = running.end() else { throw TestKitError("it did not end for the reload") }
    }
}
