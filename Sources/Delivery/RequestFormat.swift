internal import HTTP
internal import TelemetryEvents

/// How a destination that is reached by HTTP wants its events, and what its answers mean.
protocol RequestFormat: Sendable {
    /// Encodes the first events of `events`, which is not empty, as many as one request may hold.
    mutating func encode(_ events: ArraySlice<TelemetryEvent>) -> EncodedRequest

    /// What an answer means for the events of its request.
    func verdict(on answer: HTTPAnswer) -> RequestVerdict

    /// A request without any event: a destination that takes it takes requests at all.
    var probe: HTTPRequest { get }
}

/// What became of the first events that were to be encoded.
enum EncodedRequest {
    /// A request with this many of them, at least one.
    case request(HTTPRequest, events: Int)
    /// The first one can never be sent.
    case unsendable(reason: String)
}

/// What a destination's answer means for the events of the request.
enum RequestVerdict: Hashable {
    /// It took them, but for those that it says it left out for good.
    case accepted(leftOut: UnnamedRefusals?)
    /// It takes no more requests for now.
    case throttled(after: Duration?, reason: String)
    /// It cannot take them for now.
    case retry(after: Duration?, reason: String)
    /// It will not take this request again: an event of it is at fault, or the destination takes none at all.
    case refused(reason: String)
}
