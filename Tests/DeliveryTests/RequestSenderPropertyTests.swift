import HTTP
import ProgramTestKit
import Testing

@testable import Delivery
@testable import TelemetryEvents

/// A destination by chance, and queues of events for it.
private struct RandomDelivery {
    private var random: RepeatableRandom
    let count: Int
    let poison: Set<Int>
    let unsendable: Set<Int>
    let destination: ScriptedDestination
    let format: LineFormat
    private let handlers: Int
    /// Where the second queue begins.
    private let half: Int
    /// Calls go to one queue or another, as they do for events of different providers.
    private var queues: [ArraySlice<TelemetryEvent>] = []
    private var sender: RequestSender<LineFormat>

    private(set) var refused: [Int] = []
    private(set) var calls = 0

    /// Requests that come to nothing, of a hundred; the first and last of those that are refused whatever they hold.
    init(seed: UInt64, faults: Int, refusing everything: Range<Int> = 0..<0) {
        var random = RepeatableRandom(seed: seed)
        let count = Int.random(in: 1...200, using: &random)
        let share = [0, 1, 3, 10, 40, 100].randomElement(using: &random) ?? 0
        let poison = Set((0..<count).filter { _ in Int.random(in: 0..<100, using: &random) < share })
        let isUnsendable = Bool.random(using: &random) ? 3 : 0
        unsendable = Set((0..<count).filter { _ in Int.random(in: 0..<100, using: &random) < isUnsendable })
        self.count = count
        self.poison = poison
        destination = ScriptedDestination { call in
            var chance = RepeatableRandom(seed: seed << 20 + UInt64(call.ordinal))
            if Int.random(in: 0..<100, using: &chance) < faults {
                let answers: [ScriptedDestination.Answer] = [
                    .throttled(retryAfter: nil), .throttled(retryAfter: 3), .broken, .failed,
                ]
                return answers.randomElement(using: &chance) ?? .failed
            }
            let isRefused = everything.contains(call.ordinal) || !poison.isDisjoint(with: call.numbers)
            return isRefused ? .refused(400) : .accepted
        }
        format = LineFormat(most: Int.random(in: 1...64, using: &random), unsendable: unsendable)
        sender = destination.sender(format)
        handlers = Int.random(in: 1...5, using: &random)
        let events = RequestSenderTests.events(0..<count, handlers: handlers)
        half = Bool.random(using: &random) ? count : Int.random(in: 0...count, using: &random)
        queues = [events[..<half], events[half...]].filter { !$0.isEmpty }
        self.random = random
    }

    /// Calls the sender until all is settled; false when that does not come.
    mutating func run(atMost most: Int = 20_000) -> Bool {
        while !queues.isEmpty {
            guard calls < most else { return false }
            calls += 1
            let queue = Int.random(in: 0..<queues.count, using: &random)
            let given = queues[queue].prefix([1, 7, 50, 1024].randomElement(using: &random) ?? 1)
            let outcome = sender.deliver(given)
            refused += outcome.refused.map(\.event.index)
            queues[queue] = queues[queue].dropFirst(outcome.finished)
            switch outcome.rest {
            case .none:
                #expect(outcome.finished == given.count)
                if queues[queue].isEmpty { queues.remove(at: queue) }
            case .paced(let delay), .throttled(let delay?, _), .retry(let delay?, _): destination.pass(delay)
            case .throttled, .retry: destination.pass(.milliseconds(500))
            case .closed(let reason): Issue.record("closed: \(reason)")
            }
        }
        return true
    }

    /// Whether each event was taken once, or refused once, and never both.
    var isEverythingSettledOnce: Bool {
        (destination.taken + refused).sorted() == Array(0..<count)
    }

    /// The condemned events that were not refused, then proven to be at fault by another request that was taken, and then
    /// refused alone, all without a failure between the proof and the last refusal.
    var condemnedWithoutProof: [Int] {
        let exchanges = destination.exchanges
        return refused.filter { number in
            if unsendable.contains(number) { return false }
            func isRefusal(_ exchange: ScriptedDestination.Exchange) -> Bool {
                exchange.numbers.contains(number) && exchange.answer == .refused(400)
            }
            guard let last = exchanges.lastIndex(where: { isRefusal($0) && $0.numbers == [number] }) else {
                return true
            }
            let sinceFailure = exchanges[..<last].lastIndex { $0.answer == .failed || $0.answer == .broken } ?? -1
            let proof = exchanges[..<last].lastIndex { $0.answer == .accepted } ?? -1
            return proof <= sinceFailure || !exchanges[..<max(proof, 0)].contains(where: isRefusal)
        }
    }

    /// Events that were taken before an earlier one of their queue and handler, although that was not refused before.
    var outOfOrder: [Int] {
        var refusedBefore: Set<Int> = []
        var waiting = Array(0..<count).filter { !refused.contains($0) }
        var found: [Int] = []
        for exchange in destination.exchanges {
            switch exchange.answer {
            case .refused: refusedBefore.formUnion(exchange.numbers)
            case .accepted:
                for number in exchange.numbers {
                    let passed = waiting.filter {
                        $0 < number && $0 % handlers == number % handlers && ($0 < half) == (number < half)
                    }
                    if !refusedBefore.isSuperset(of: passed) { found.append(number) }
                    waiting.removeAll { $0 == number }
                }
            default: break
            }
        }
        return found
    }
}

@Suite struct RequestSenderPropertyTests {
    private static let seeds = UInt64(0)..<80

    @Test func everyEventIsTakenOnceOrRefusedForGoodWhateverIsAtFault() {
        for seed in Self.seeds {
            for faults in [0, 10, 50] {
                var delivery = RandomDelivery(seed: seed, faults: faults)
                let isDone = delivery.run()
                #expect(isDone, "seed \(seed), faults \(faults)")
                #expect(delivery.isEverythingSettledOnce, "seed \(seed), faults \(faults)")
                #expect(Set(delivery.refused) == delivery.poison.union(delivery.unsendable), "seed \(seed)")
                #expect(delivery.condemnedWithoutProof == [], "seed \(seed), faults \(faults)")
            }
        }
    }

    @Test func aHandlersEventsKeepTheirOrderButForThoseThatWereRefused() {
        for seed in Self.seeds {
            var delivery = RandomDelivery(seed: seed, faults: 10)
            let isDone = delivery.run()
            #expect(isDone)
            #expect(delivery.outOfOrder == [], "seed \(seed)")
        }
    }

    @Test func aDestinationThatRefusesEverythingForAWhileCondemnsNothingWithoutProof() {
        for seed in Self.seeds {
            var random = RepeatableRandom(seed: seed)
            let from = Int.random(in: 0...20, using: &random)
            let length = Int.random(in: 1...60, using: &random)
            var delivery = RandomDelivery(seed: seed, faults: 5, refusing: from..<from + length)
            let isDone = delivery.run()
            #expect(isDone, "seed \(seed)")
            #expect(delivery.isEverythingSettledOnce, "seed \(seed)")
            #expect(delivery.condemnedWithoutProof == [], "seed \(seed)")
            // Which event of a refused request is at fault can be misjudged only while the destination changes its mind.
            let wronged = Set(delivery.refused).subtracting(delivery.poison).subtracting(delivery.unsendable)
            #expect(wronged.count <= 1, "seed \(seed)")
        }
    }

    @Test func aPoisonEventCostsRequestsInProportionToTheLogarithmOfARequest() {
        for seed in Self.seeds {
            var delivery = RandomDelivery(seed: seed, faults: 0)
            let isDone = delivery.run()
            #expect(isDone)
            let most = delivery.format.most
            let logarithm = Int.bitWidth - most.leadingZeroBitCount
            let faulty = delivery.poison.count + delivery.unsendable.count
            let bound = delivery.calls + delivery.count / most + faulty * (2 * logarithm + 3) + 8
            #expect(delivery.destination.requests.count <= bound, "seed \(seed)")
        }
    }
}
