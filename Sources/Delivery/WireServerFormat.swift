internal import HTTP
internal import TelemetryEvents

/// The WireServer's telemetry channel: requests of XML, each with events of one provider.
struct WireServerFormat: RequestFormat {
    /// The elements of one request's events together take fewer bytes than this; so does the element of each event.
    static let limit = 64_512
    /// The element of a usual event takes about so many bytes.
    private static let usualSize = 2048
    private static let target = "/machine?comp=telemetrydata"
    private static let headers = [
        HTTPHeader("x-ms-agent-name", "WALinuxAgent"), HTTPHeader("x-ms-version", "2012-11-30"),
        HTTPHeader("Content-Type", "text/xml;charset=utf-8"),
    ]

    private let origin: HTTPOrigin
    /// How long an answer asks to be waited.
    private let retryAfter: @Sendable (HTTPAnswer) -> Duration?
    /// Called when the server says that the goal state that it told holds no longer.
    private let onGone: @Sendable () -> Void
    private var encoding = WireServerEncoding()

    init(
        to origin: HTTPOrigin, retryAfter: @escaping @Sendable (HTTPAnswer) -> Duration?,
        onGone: @escaping @Sendable () -> Void
    ) {
        self.origin = origin
        self.retryAfter = retryAfter
        self.onGone = onGone
    }

    mutating func encode(_ events: ArraySlice<TelemetryEvent>) -> EncodedRequest {
        let provider = events[events.startIndex].providerID
        var body: [UInt8] = []
        body.reserveCapacity(min(Self.limit + 2 * Self.usualSize, (events.count + 1) * Self.usualSize))
        Self.begin(provider, in: &body)
        let start = body.count
        var index = events.startIndex
        while index < events.endIndex, events[index].providerID == provider {
            let end = body.count
            // What only a giant of an event takes is not spent on it.
            let leastSize = WireServerEncoding.leastSize(of: events[index])
            if leastSize < Self.limit { encoding.append(events[index], to: &body) }
            guard max(leastSize, body.count - start) < Self.limit else {
                guard index > events.startIndex else {
                    return .unsendable(reason: Self.tooLarge(leastSize: leastSize, size: body.count - start))
                }
                body.removeLast(body.count - end)
                break
            }
            index += 1
        }
        Self.end(&body)
        return .request(request(body), events: index - events.startIndex)
    }

    func verdict(on answer: HTTPAnswer) -> RequestVerdict {
        switch answer.status {
        case 200, 201, 202: return .accepted(leftOut: nil)
        case 403, 429, 503: return .throttled(after: retryAfter(answer), reason: answer.summary)
        case 410:
            onGone()
            return .retry(after: retryAfter(answer), reason: answer.summary)
        case 408: return .retry(after: retryAfter(answer), reason: answer.summary)
        case 400..<500: return .refused(reason: answer.summary)
        default: return .retry(after: retryAfter(answer), reason: answer.summary)
        }
    }

    var probe: HTTPRequest {
        var body: [UInt8] = []
        Self.begin(TelemetryEvent.agentProvider, in: &body)
        Self.end(&body)
        return request(body)
    }

    private func request(_ body: [UInt8]) -> HTTPRequest {
        HTTPRequest(.post, to: origin, target: Self.target, headers: Self.headers, body: body)
    }

    private static func begin(_ provider: UTF8Text, in body: inout [UInt8]) {
        XMLText.append(#"<?xml version="1.0"?><TelemetryData version="1.0"><Provider id=""#, to: &body)
        XMLText.appendEscaped(provider, to: &body)
        XMLText.append(#"">"#, to: &body)
    }

    private static func end(_ body: inout [UInt8]) {
        XMLText.append("</Provider></TelemetryData>", to: &body)
    }

    private static func tooLarge(leastSize: Int, size: Int) -> String {
        let shown = leastSize < limit ? "\(size)" : "more than \(leastSize)"
        return "the event takes \(shown) bytes of XML; fewer than \(limit) can be sent"
    }
}
