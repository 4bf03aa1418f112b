import HTTP
import Synchronization

@testable import Delivery
@testable import TelemetryEvents

/// How the scripted destination wants its events: a line with the number of each.
struct LineFormat: RequestFormat {
    static let origin = HTTPOrigin(host: "127.0.0.1", port: 80)

    /// The most events of a request.
    var most = 16
    /// The numbers of events that can never be sent.
    var unsendable: Set<Int> = []

    mutating func encode(_ events: ArraySlice<TelemetryEvent>) -> EncodedRequest {
        if let first = events.first, unsendable.contains(first.index) { return .unsendable(reason: "too large") }
        let sendable = events.prefix(most).prefix { !unsendable.contains($0.index) }
        return .request(request(sendable.map(\.index)), events: sendable.count)
    }

    func verdict(on answer: HTTPAnswer) -> RequestVerdict {
        let body = String(decoding: answer.body, as: UTF8.self)
        let wait = answer["Retry-After"].flatMap { Int($0) }.map { Duration.seconds($0) }
        switch answer.status {
        case 200:
            return .accepted(leftOut: Int(body).map { UnnamedRefusals(count: $0, reason: "left out") })
        case 429: return .throttled(after: wait, reason: "429")
        case 400, 404: return .refused(reason: "\(answer.status): \(body)")
        default: return .retry(after: wait, reason: "\(answer.status)")
        }
    }

    var probe: HTTPRequest { request([]) }

    private func request(_ numbers: [Int]) -> HTTPRequest {
        let lines = numbers.map { "\($0)\n" }.joined()
        return HTTPRequest(.post, to: Self.origin, target: "/", body: Array(lines.utf8))
    }
}

/// A destination that answers as a test says and remembers everything.
final class ScriptedDestination: Sendable {
    enum Answer: Hashable, Sendable {
        case accepted
        /// It says that it left out so many.
        case leftOut(Int)
        case refused(Int)
        case throttled(retryAfter: Int?)
        case broken
        case failed
    }

    struct Exchange: Hashable, Sendable {
        let numbers: [Int]
        let answer: Answer
        let at: UInt64
    }

    /// When a test begins, and what each exchange takes; in nanoseconds.
    static let start: UInt64 = 1_000_000_000_000
    static let timeOfAnExchange: UInt64 = 1_000_000

    struct State: Sendable {
        var exchanges: [Exchange] = []
        var now = start
        var answer: @Sendable (Call) -> Answer
    }

    /// A request as the script sees it.
    struct Call: Sendable {
        /// Of its events; empty for a probe.
        let numbers: [Int]
        let now: UInt64
        /// How many requests came before it.
        let ordinal: Int
    }

    let state: Mutex<State>

    init(_ answer: @escaping @Sendable (Call) -> Answer) {
        state = Mutex(State(answer: answer))
    }

    /// Refuses each request that holds one of these, and takes all others.
    convenience init(refusing poison: Set<Int>) {
        self.init { poison.isDisjoint(with: $0.numbers) ? .accepted : .refused(400) }
    }

    func sender(_ format: LineFormat = LineFormat()) -> RequestSender<LineFormat> {
        RequestSender(format, now: { self.now }) { request throws(HTTPFailure) in try self.exchange(request) }
    }

    private func exchange(_ request: HTTPRequest) throws(HTTPFailure) -> HTTPAnswer {
        let numbers = String(decoding: request.body, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
        let answer = state.withLock { state in
            let answer = state.answer(Call(numbers: numbers, now: state.now, ordinal: state.exchanges.count))
            state.exchanges.append(Exchange(numbers: numbers, answer: answer, at: state.now))
            state.now += Self.timeOfAnExchange
            return answer
        }
        switch answer {
        case .accepted: return HTTPAnswer(status: 200)
        case .leftOut(let count): return HTTPAnswer(status: 200, body: Array("\(count)".utf8))
        case .refused(let status): return HTTPAnswer(status: status, body: Array("no".utf8))
        case .throttled(let wait):
            return HTTPAnswer(status: 429, headers: wait.map { [HTTPHeader("Retry-After", "\($0)")] } ?? [])
        case .broken: return HTTPAnswer(status: 500)
        case .failed: throw .broken(reason: "reset")
        }
    }

    func setAnswer(_ answer: @escaping @Sendable (Call) -> Answer) {
        state.withLock { $0.answer = answer }
    }

    var exchanges: [Exchange] { state.withLock { $0.exchanges } }
    /// The numbers of each request so far.
    var requests: [[Int]] { exchanges.map(\.numbers) }
    /// The numbers that it took, in their order.
    var taken: [Int] {
        exchanges.flatMap { exchange -> [Int] in
            switch exchange.answer {
            case .accepted, .leftOut: exchange.numbers
            default: []
            }
        }
    }
    var now: UInt64 { state.withLock { $0.now } }

    func pass(_ delay: Duration) {
        state.withLock { $0.now += UInt64(delay / .nanoseconds(1)) }
    }
}
