import HTTP
import ProgramTestKit
import RateLimiting
import Synchronization
import Testing

@testable import Delivery
@testable import TelemetryEvents

@Suite struct RequestSenderTests {
    /// Events of as many handlers in turn, each with its number as its index.
    static func events(_ numbers: Range<Int>, handlers: Int = 1) -> [TelemetryEvent] {
        let files = (0..<handlers).map { SampleEvents.file(from: .handler(UTF8Text("H\($0)"))) }
        return numbers.map { SampleEvents.extensionEvent(in: files[$0 % handlers], index: $0) }
    }

    private func rest(_ outcome: DeliveryOutcome) -> String {
        switch outcome.rest {
        case .none: "none"
        case .paced(let delay): "paced \(delay)"
        case .throttled(let delay, let reason): "throttled \(delay.map { "\($0)" } ?? "-") \(reason)"
        case .retry(let delay, let reason): "retry \(delay.map { "\($0)" } ?? "-") \(reason)"
        case .closed(let reason): "closed \(reason)"
        }
    }

    private func refused(_ outcome: DeliveryOutcome) -> [String] {
        outcome.refused.map { "\($0.event.index) \($0.reason)" }
    }

    @Test func eventsGoOutInFullRequestsInTheirOrder() {
        let destination = ScriptedDestination(refusing: [])
        var sender = destination.sender()
        let outcome = sender.deliver(Self.events(0..<40)[...])
        #expect(outcome.finished == 40 && rest(outcome) == "none")
        #expect(destination.requests == [Array(0..<16), Array(16..<32), Array(32..<40)])
        #expect(rest(sender.deliver([])) == "none")
        #expect(destination.requests.count == 3)
    }

    @Test func aSliceThatBeginsBehindItsArraysStartIsCountedFromItsOwnStart() {
        let destination = ScriptedDestination(refusing: [25])
        var sender = destination.sender()
        let outcome = sender.deliver(Self.events(0..<40)[20...])
        #expect(outcome.finished == 20 && refused(outcome) == ["25 400: no"])
        #expect(destination.taken == Array(20..<25) + Array(26..<40))
    }

    @Test(arguments: [
        (ScriptedDestination.Answer.failed, "retry - no HTTP answer: reset"), (.broken, "retry - 500"),
        (.throttled(retryAfter: nil), "throttled - 429"), (.throttled(retryAfter: 7), "throttled 7.0 seconds 429"),
    ])
    func whatIsTakenBeforeAFaultIsFinished(answer: ScriptedDestination.Answer, expected: String) {
        let destination = ScriptedDestination { $0.numbers.first == 0 ? .accepted : answer }
        var sender = destination.sender()
        let outcome = sender.deliver(Self.events(0..<40)[...])
        #expect(outcome.finished == 16 && outcome.refused.isEmpty)
        #expect(rest(outcome) == expected)
        #expect(destination.requests.count == 2)
    }

    @Test func anUnsendableEventIsRefusedAtOnceAndTheOthersGo() {
        let destination = ScriptedDestination(refusing: [])
        var sender = destination.sender(LineFormat(unsendable: [0, 5, 6, 9]))
        let outcome = sender.deliver(Self.events(0..<10)[...])
        #expect(outcome.finished == 10 && rest(outcome) == "none")
        #expect(refused(outcome) == [0, 5, 6, 9].map { "\($0) too large" })
        #expect(destination.requests == [[1, 2, 3, 4], [7, 8]])
    }

    @Test func whatADestinationLeavesOutIsCountedAndNamedOnlyWhenItIsAll() {
        let destination = ScriptedDestination { call in
            switch call.numbers.first {
            case 0: .leftOut(3)
            case 16: .leftOut(16)
            case 32: .leftOut(1000)
            default: .leftOut(-1)
            }
        }
        var sender = destination.sender()
        let outcome = sender.deliver(Self.events(0..<64)[...])
        #expect(outcome.finished == 64 && rest(outcome) == "none")
        #expect(outcome.unnamedRefusals == [UnnamedRefusals(count: 3, reason: "left out")])
        #expect(refused(outcome) == (16..<48).map { "\($0) left out" })
    }

    // MARK: Events that are refused

    @Test func aRefusedRequestIsHalvedUntilTheEventStandsAlone() {
        let destination = ScriptedDestination(refusing: [9])
        var sender = destination.sender()
        let outcome = sender.deliver(Self.events(0..<16)[...])
        #expect(outcome.finished == 16 && rest(outcome) == "none")
        #expect(refused(outcome) == ["9 400: no"])
        #expect(
            destination.requests == [
                Array(0..<16), Array(0..<8), Array(8..<12), [8, 9], [8], [9], [10], [11, 12], [13, 14, 15],
            ])
    }

    @Test func theFirstEventIsASuspectUntilAnotherWasTakenAndItIsRefusedAgain() {
        let destination = ScriptedDestination(refusing: [0])
        var sender = destination.sender()
        let outcome = sender.deliver(Self.events(0..<4, handlers: 2)[...])
        #expect(outcome.finished == 4 && rest(outcome) == "none")
        #expect(refused(outcome) == ["0 400: no"])
        #expect(destination.requests == [[0, 1, 2, 3], [0, 1], [0], [1], [0], [2], [3]])
    }

    @Test func theWitnessIsOfAnotherPublisherIfThereIsOne() {
        let destination = ScriptedDestination(refusing: Set(0..<10))
        var sender = destination.sender()
        let flood = Self.events(0..<10)
        let other = SampleEvents.extensionEvent(in: SampleEvents.file(from: .handler("Other")), index: 10)
        let outcome = sender.deliver((flood + [other])[...])
        #expect(outcome.finished == 11 && outcome.refused.count == 10)
        #expect(destination.taken.filter { $0 == 10 } == [10])
        #expect(destination.requests.firstIndex(of: [10]) == destination.requests.firstIndex(of: [0]).map { $0 + 1 })
    }

    @Test func aLonePoisonEventIsCondemnedWithTheProbesHelp() {
        let destination = ScriptedDestination(refusing: [0])
        var sender = destination.sender()
        let outcome = sender.deliver(Self.events(0..<1)[...])
        #expect(outcome.finished == 1 && refused(outcome) == ["0 400: no"])
        #expect(destination.requests == [[0], [], [0]])
    }

    @Test func aDestinationThatRefusesEverythingCostsFiveRequestsAnAttemptAndLosesNothing() {
        let destination = ScriptedDestination { _ in .refused(404) }
        var sender = destination.sender()
        let events = Self.events(0..<100)
        for attempt in 0..<5 {
            let before = destination.requests.count
            let outcome = sender.deliver(events[...])
            #expect(outcome.finished == 0 && outcome.refused.isEmpty)
            #expect(rest(outcome) == "retry - it refuses every request: 404: no")
            let requests = destination.requests[before...]
            #expect(requests.count == (attempt == 0 ? 9 : 5))
            #expect(requests.last == [])
        }
        destination.setAnswer { _ in .accepted }
        #expect(sender.deliver(events[...]).finished == 100)
        #expect(destination.taken == Array(0..<100))
    }

    @Test func aDestinationThatBeginsToRefuseEverythingLosesNothing() {
        let destination = ScriptedDestination(refusing: [])
        var sender = destination.sender()
        #expect(sender.deliver(Self.events(0..<100)[...]).finished == 100)
        destination.setAnswer { _ in .refused(401) }
        let outcome = sender.deliver(Self.events(100..<200)[...])
        #expect(outcome.finished == 0 && outcome.refused.isEmpty)
        let alone = sender.deliver(Self.events(100..<101)[...])
        #expect(alone.finished == 0 && alone.refused.isEmpty)
    }

    @Test(arguments: 1...12) func aDestinationThatRefusesEverythingForAWhileLosesNothing(refusals: Int) {
        let destination = ScriptedDestination { $0.ordinal < refusals ? .refused(404) : .accepted }
        var sender = destination.sender()
        let events = Self.events(0..<50, handlers: 3)
        var finished = 0
        for _ in 0..<4 {
            let outcome = sender.deliver(events[finished...])
            #expect(outcome.refused.isEmpty)
            finished += outcome.finished
        }
        #expect(finished == 50)
        #expect(destination.taken.sorted() == Array(0..<50))
    }

    @Test func anEventThatWasTakenBehindASuspectIsNotSentTwice() {
        // The witness is taken, and before the suspect is asked about again the connection breaks.
        let destination = ScriptedDestination { call in
            if call.ordinal == 4 { return .failed }
            return call.numbers.contains(0) ? .refused(400) : .accepted
        }
        var sender = destination.sender()
        let events = Self.events(0..<6, handlers: 2)
        #expect(sender.deliver(events[...]).finished == 0)
        #expect(destination.requests == [[0, 1, 2, 3, 4, 5], [0, 1, 2], [0], [1], [0]])
        // A failure spoils the proof: another witness is needed.
        let outcome = sender.deliver(events[...])
        #expect(outcome.finished == 6 && refused(outcome) == ["0 400: no"])
        #expect(destination.requests[5...] == [[3], [0], [2], [4, 5]])
    }

    @Test func oneBadPublisherBlocksNoOtherEvenIfTheDestinationTakesNoProbe() {
        // Six events of H0 and seven of H1 in turn.
        let poison: Set = [0, 2, 4, 6, 8, 10]
        let destination = ScriptedDestination { call in
            call.numbers.isEmpty || !poison.isDisjoint(with: call.numbers) ? .refused(400) : .accepted
        }
        var sender = destination.sender()
        let outcome = sender.deliver(Self.events(0..<14, handlers: 2)[...])
        #expect(outcome.finished == 14 && rest(outcome) == "none")
        #expect(Set(outcome.refused.map(\.event.index)) == poison)
    }

    @Test(arguments: [ScriptedDestination.Answer.refused(400), .broken, .failed])
    func whoeverTakesNoProbeGetsWhatComesLater(answer: ScriptedDestination.Answer) {
        let destination = ScriptedDestination { call in
            call.numbers.isEmpty ? answer : call.numbers.contains { $0 < 5 } ? .refused(400) : .accepted
        }
        var sender = destination.sender()
        let flood = Self.events(0..<5)
        for _ in 0..<3 {
            let outcome = sender.deliver(flood[...])
            #expect(outcome.finished == 0)
            if case .retry = outcome.rest {} else { Issue.record("no retry: \(outcome.rest)") }
        }
        let later = (5..<10).map { number in
            SampleEvents.extensionEvent(in: SampleEvents.file(from: .handler("Other")), index: number)
        }
        let outcome = sender.deliver((flood + later)[...])
        #expect(outcome.finished == 10 && outcome.refused.count == 5)
        #expect(destination.taken.sorted() == Array(5..<10))
    }

    @Test func whatIsTakenOfOneProviderIsProofForTheEventsOfAnother() {
        let destination = ScriptedDestination { call in
            call.numbers.isEmpty || call.numbers == [0] ? .refused(400) : .accepted
        }
        var sender = destination.sender()
        let poison = Self.events(0..<1)
        #expect(rest(sender.deliver(poison[...])) == "retry - it refuses every request: 400: no")
        #expect(sender.deliver(Self.events(1..<3)[...]).finished == 2)
        let outcome = sender.deliver(poison[...])
        #expect(outcome.finished == 1 && refused(outcome) == ["0 400: no"])
        #expect(destination.requests == [[0], [], [1], [2], [0]])
    }

    @Test func whatIsRememberedBehindASuspectIsBounded() {
        // Witnesses are taken; each time that the suspect is asked about again, the connection breaks.
        let destination = ScriptedDestination { call in
            call.numbers != [0] ? .accepted : call.ordinal == 0 ? .refused(400) : .failed
        }
        var sender = destination.sender(LineFormat(most: 1))
        let events = Self.events(0..<100, handlers: 3)
        for _ in 0..<60 {
            #expect(sender.deliver(events[...]).finished == 0)
        }
        #expect(destination.taken.filter { $0 != 0 }.count == RefusalSearch.mostAhead)
        destination.setAnswer { $0.numbers.contains(0) ? .refused(400) : .accepted }
        #expect(sender.deliver(events[...]).finished == 100)
        #expect(destination.taken.sorted() == Array(1..<100))
    }

    @Test func aSearchGoesOnWhereThrottlingInterruptedIt() {
        // Every second call is throttled.
        let destination = ScriptedDestination { call in
            if call.ordinal % 2 == 1 { return .throttled(retryAfter: 0) }
            return call.numbers.contains(11) ? .refused(400) : .accepted
        }
        var sender = destination.sender()
        let events = Self.events(0..<16)
        var finished = 0
        var condemned: [String] = []
        var calls = 0
        while finished < 16, calls < 100 {
            let outcome = sender.deliver(events[finished...])
            finished += outcome.finished
            condemned += refused(outcome)
            if case .paced(let delay) = outcome.rest { destination.pass(delay) }
            calls += 1
        }
        #expect(finished == 16 && condemned == ["11 400: no"])
        let answered = destination.exchanges.filter { $0.answer != .throttled(retryAfter: 0) }.map(\.numbers)
        #expect(
            answered == [Array(0..<16), Array(0..<8), [8, 9, 10, 11], [8, 9], [10], [11], [12], [13, 14], [15]])
    }

    @Test func aSearchAmongOneProvidersEventsOutlivesACallWithAnothers() {
        let destination = ScriptedDestination(refusing: [3])
        var sender = destination.sender()
        destination.setAnswer { call in
            if call.ordinal == 2 { return .failed }
            return call.numbers.contains(3) ? .refused(400) : .accepted
        }
        let events = Self.events(0..<16)
        #expect(sender.deliver(events[...]).finished == 0)
        #expect(sender.deliver(Self.events(100..<104)[...]).finished == 4)
        let before = destination.requests.count
        #expect(sender.deliver(events[...]).finished == 16)
        #expect(destination.requests[before...].first == [0, 1, 2, 3])
    }

    // MARK: The pace

    @Test func noRequestIsSentBeforeThePaceAllowsIt() {
        let destination = ScriptedDestination { _ in .throttled(retryAfter: nil) }
        var sender = destination.sender()
        let events = Self.events(0..<40)
        #expect(rest(sender.deliver(events[...])) == "throttled - 429")
        #expect(rest(sender.deliver(events[...])) == "paced 0.999 seconds")
        #expect(destination.requests.count == 1)
        destination.setAnswer { _ in .accepted }
        destination.pass(.milliseconds(999))
        let outcome = sender.deliver(events[...])
        #expect(outcome.finished == 16)
        if case .paced = outcome.rest {} else { Issue.record("not paced: \(outcome.rest)") }
    }

    @Test func aProbeKeepsThePaceToo() {
        let destination = ScriptedDestination { $0.ordinal == 0 ? .throttled(retryAfter: nil) : .refused(400) }
        var sender = destination.sender()
        let events = Self.events(0..<1)
        _ = sender.deliver(events[...])
        destination.pass(.seconds(1))
        if case .paced(let delay) = sender.deliver(events[...]).rest {
            #expect(destination.requests == [[0], [0]])
            destination.pass(delay)
        }
        #expect(rest(sender.deliver(events[...])) == "retry - it refuses every request: 400: no")
        #expect(destination.requests == [[0], [0], []])
    }

    @Test(arguments: [false, true])
    func aServerOfFifteenCallsInFifteenSecondsGetsEverythingNearlyAsFastAsItTakesIt(countsRefused: Bool) {
        let server = LimitingServer(countsRefused: countsRefused)
        let destination = ScriptedDestination { call in
            server.takes(at: call.now) ? .accepted : .throttled(retryAfter: nil)
        }
        var sender = destination.sender(LineFormat(most: 40))
        let events = Self.events(0..<10_000)
        var schedule = RetrySchedule(first: .milliseconds(500), longest: .seconds(60))
        var random = RepeatableRandom(seed: 21)
        var rest = events[...]
        while !rest.isEmpty {
            // As a lane does: at most so many at once.
            let outcome = sender.deliver(rest.prefix(1024))
            rest = rest.dropFirst(outcome.finished)
            if outcome.finished > 0 { schedule.reset() }
            switch outcome.rest {
            case .none: break
            case .paced(let delay): destination.pass(delay)
            default: destination.pass(schedule.next(using: &random))
            }
        }
        #expect(destination.taken == Array(0..<10_000))
        let second: UInt64 = 1_000_000_000
        let later = destination.exchanges.filter { $0.at > ScriptedDestination.start + 60 * second }
        let refused = later.count { $0.answer != .accepted }
        #expect(refused * 100 <= later.count * 3, "\(refused) of \(later.count)")
        // The first 15 of 250 requests are free.
        let floor: UInt64 = 235
        #expect((destination.now - ScriptedDestination.start) / second <= floor * 5 / 4)
    }
}

/// A server that allows 15 calls in any 15 s.
private final class LimitingServer: Sendable {
    private let countsRefused: Bool
    private let calls = Mutex<[UInt64]>([])

    init(countsRefused: Bool) {
        self.countsRefused = countsRefused
    }

    func takes(at now: UInt64) -> Bool {
        calls.withLock { calls in
            calls.removeAll { $0 + 15_000_000_000 <= now }
            let isTaken = calls.count < 15
            if isTaken || countsRefused { calls.append(now) }
            return isTaken
        }
    }
}
