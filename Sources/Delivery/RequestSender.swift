internal import HTTP
internal import RateLimiting
internal import TelemetryEvents

/// Sends events to a destination by HTTP: the core of the sinks that do.
///
/// The format says how a request looks and what an answer means; what is common stands here: one request after the other,
/// the pace that the destination wants, and the search for events that it refuses.
struct RequestSender<Format: RequestFormat>: Sendable {
    /// Sends a request and waits for the answer, for as long as its own limits say.
    typealias Exchange = @Sendable (HTTPRequest) throws(HTTPFailure) -> HTTPAnswer

    /// Why a call ends before all is settled.
    private typealias Interruption = DeliveryOutcome.Rest

    private var format: Format
    private let exchange: Exchange
    /// In nanoseconds since boot.
    private let now: @Sendable () -> UInt64
    private var pace = CallPace()
    private var search = RefusalSearch()

    init(_ format: Format, now: @escaping @Sendable () -> UInt64, exchange: @escaping Exchange) {
        self.format = format
        self.now = now
        self.exchange = exchange
    }

    /// Delivers the events in their order, as far as the destination takes them now.
    mutating func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        search.begin(events)
        while true {
            let interruption: Interruption?
            switch search.nextStep() {
            case .finished: return search.end(.none)
            case .probe: interruption = probe()
            case .send(let range): interruption = send(events[range])
            }
            if let interruption { return search.end(interruption) }
        }
    }

    /// Sends the first of these events, as many as one request may hold.
    private mutating func send(_ events: ArraySlice<TelemetryEvent>) -> Interruption? {
        if let delay = pace.delay(at: instant) { return .paced(after: delay) }
        switch format.encode(events) {
        case .unsendable(let reason):
            search.unsendable(events.startIndex, reason: reason)
            return nil
        case .request(let request, let count):
            precondition(count > 0, "A request has at least one event.")
            let range = events.startIndex..<events.startIndex + count
            switch answer(to: request) {
            case .accepted(let leftOut): search.accepted(range, leftOut: leftOut)
            case .refused(let reason): search.refused(range, reason: reason)
            case .throttled(let delay, let reason): return .throttled(after: delay, reason: reason)
            case .retry(let delay, let reason):
                search.failed()
                return .retry(after: delay, reason: reason)
            }
            return nil
        }
    }

    /// Asks whether the destination takes requests at all.
    private mutating func probe() -> Interruption? {
        if let delay = pace.delay(at: instant) { return .paced(after: delay) }
        switch answer(to: format.probe) {
        case .accepted:
            search.probeAccepted()
            return nil
        case .refused(let reason):
            search.probeRefused()
            return .retry(after: nil, reason: "it refuses every request: \(reason)")
        case .throttled(let delay, let reason): return .throttled(after: delay, reason: reason)
        case .retry(let delay, let reason):
            search.probeRefused()
            return .retry(after: delay, reason: reason)
        }
    }

    /// What the destination says to a request; the pace learns from it.
    private mutating func answer(to request: HTTPRequest) -> RequestVerdict {
        pace.called(at: instant)
        let answer: HTTPAnswer
        do {
            answer = try exchange(request)
        } catch {
            return .retry(after: nil, reason: error.description)
        }
        let verdict = format.verdict(on: answer)
        switch verdict {
        case .accepted, .refused: pace.passed(at: instant)
        case .throttled(let delay, _): pace.throttled(at: instant, asked: delay)
        case .retry: break
        }
        return verdict
    }

    private var instant: BootInstant { BootInstant(nanoseconds: now()) }
}
