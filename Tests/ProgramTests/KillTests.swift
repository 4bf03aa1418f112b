import Foundation
import ProgramTestKit
import Testing

/// One test at a time: each keeps the machine busy by starting the program again and again.
@Suite(.serialized)
struct KillTests {
    /// Of the instants at which the program is killed.
    private static let seed: UInt64 = 20_260_102
    private static let filesPerSecond = 200

    /// What came of it, and of what.
    private struct Outcome {
        let published: Int
        let events: [ReceivedEvent]
        let charges: [AdmissionLine]
    }

    /// Kills the program again and again while publishers write, then lets one finish.
    private func kill(times: Int, handlers: Int, _ options: [String]) throws -> Outcome {
        let service = try TestedService(["--agent-events", "off", "--sink", "ndjson"] + options)
        let output = service.scratch("events.ndjson")
        service.options += ["--ndjson", output]
        let publishers = try (0..<handlers).map { try service.publisher("Handler\($0)") }
        let writing = PacedPublisher(publishers, filesPerSecond: Self.filesPerSecond)
        var generator = RepeatableRandom(seed: Self.seed)
        for _ in 0..<times {
            let telltale = try service.launch()
            // Not waiting for anything: the instant is what the test varies, from before the spool is open to the middle
            // of the work.
            usleep(.random(in: 5_000...150_000, using: &generator))
            telltale.signal(SIGKILL)
            let exit = try telltale.waitForExit()
            guard exit == -SIGKILL else { throw TestKitError("it ended by itself with \(exit): \(telltale.errors)") }
        }
        let published = try writing.stop()
        let (last, _) = try service.start()
        #expect(
            try eventually {
                try publishers.allSatisfy { try FileManager.default.contentsOfDirectory(atPath: $0.directory).isEmpty }
                    && (0..<handlers).allSatisfy { service.claims(of: "Handler\($0)").isEmpty }
            })
        #expect(try last.stop() == 0)
        return Outcome(
            published: published, events: try ReceivedEvent.all(inFileAt: output),
            charges: try admissionLines(of: service).compactMap(AdmissionLine.init))
    }

    /// Repeats bear the id of what they repeat, and no id stands for two events.
    private func expectRecognisableRepeats(_ events: [ReceivedEvent]) {
        var ids: [String: Set<String>] = [:]
        var messages: [String: Set<String>] = [:]
        for event in events {
            ids[event.message, default: []].insert(event.id)
            messages[event.id, default: []].insert(event.message)
        }
        #expect(ids.values.allSatisfy { $0.count == 1 })
        #expect(messages.values.allSatisfy { $0.count == 1 })
    }

    @Test func twoHundredKillsLoseNothingAndRepeatOnlyUnderTheSameId() throws {
        let outcome = try kill(times: 200, handlers: 4, ["--cap", "1000000"])
        expectRecognisableRepeats(outcome.events)
        let messages = Set(outcome.events.map(\.message))
        let missing = (0..<outcome.published).filter { !messages.contains("\($0)") }
        #expect(missing == [])
        #expect(messages.count == outcome.published)
    }

    @Test func twoHundredKillsLoseNothingThoughOneOfTwoSinksFailsHalfItsAnswers() throws {
        let receiver = try WireReceiver { _, call in (call % 2 == 0 ? 500 : 200, []) }
        let outcome = try kill(
            times: 200, handlers: 4,
            [
                "--cap", "1000000", "--sink", "wireserver", "--wireserver-endpoint", receiver.server.endpoint,
            ])
        expectRecognisableRepeats(outcome.events)
        let written = Set(outcome.events.map(\.message)), sent = Set(receiver.messages)
        #expect((0..<outcome.published).filter { !written.contains("\($0)") || !sent.contains("\($0)") } == [])
        #expect(written.count == outcome.published && sent.count == outcome.published)
    }

    @Test func killsNeitherWidenTheCapNorChargeTwice() throws {
        let cap = 300
        let outcome = try kill(times: 40, handlers: 1, ["--cap", "\(cap)", "--period", "3600"])
        expectRecognisableRepeats(outcome.events)
        try #require(outcome.published > cap)
        // The test is shorter than the period: one window holds all of it.
        #expect(Set(outcome.events.map(\.id)).count == cap)
    }

    @Test func noWindowOfAnyPositionIsOverTheCapAndWhatIsHeldIsDelivered() throws {
        let cap = 60
        let outcome = try kill(
            times: 40, handlers: 1, ["--cap", "\(cap)", "--period", "1", "--over-cap", "hold"])
        expectRecognisableRepeats(outcome.events)
        #expect(Set(outcome.events.map(\.message)).count == outcome.published)
        // The ledger of a run as short as this still has every admission with its instant.
        let charges = outcome.charges.sorted { $0.instant < $1.instant }
        #expect(charges.reduce(0) { $0 + $1.charged } == outcome.published)
        #expect(Set(charges.filter { $0.charged > 0 }.map(\.claim)).count == outcome.published)
        var first = 0
        var inWindow = 0
        for charge in charges {
            inWindow += charge.charged
            while charge.instant - charges[first].instant >= 1_000_000_000 {
                inWindow -= charges[first].charged
                first += 1
            }
            #expect(inWindow <= cap)
        }
    }
}
