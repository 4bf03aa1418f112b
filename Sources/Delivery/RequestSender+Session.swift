internal import HTTP
internal import SystemCalls

extension RequestSender {
    /// A sender whose requests a session carries, on the machine's clock.
    init(_ format: Format, by session: HTTPSession) {
        self.init(
            format, now: { Clocks.nanosecondsSinceBoot() },
            exchange: { request throws(HTTPFailure) in try session.exchange(request) })
    }
}

extension HTTPAnswer {
    /// How long the server asks to be left alone from now on; nil when it does not.
    var retryAfterNow: Duration? {
        retryAfter(now: Int64(Clocks.nanosecondsSince1970() / 1_000_000_000))
    }
}
