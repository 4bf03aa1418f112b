package import HTTP
internal import Synchronization
internal import SystemCalls
package import TelemetryEvents

/// The sink that sends events to the telemetry channel of the WireServer, the host's own service.
///
/// An event counts as delivered once the server has answered that it took the request.
package final class WireServerSink: Sink {
    package let name = "wireserver"
    package let grouping = SinkGrouping.byProvider

    private let sender: Mutex<RequestSender<WireServerFormat>>

    /// A sink whose requests go through `exchange`, which waits for the answer for as long as its own limits say.
    ///
    /// `retryAfter` is how long an answer asks to be waited; `onGone` is called on the sink's thread when the server says that
    /// the goal state is another one now.
    package convenience init(
        to origin: HTTPOrigin, exchange: @escaping @Sendable (HTTPRequest) throws(HTTPFailure) -> HTTPAnswer,
        retryAfter: @escaping @Sendable (HTTPAnswer) -> Duration?, onGone: @escaping @Sendable () -> Void
    ) {
        let format = WireServerFormat(to: origin, retryAfter: retryAfter, onGone: onGone)
        self.init(RequestSender(format, now: { Clocks.nanosecondsSinceBoot() }, exchange: exchange))
    }

    init(_ sender: RequestSender<WireServerFormat>) {
        self.sender = Mutex(sender)
    }

    package func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        sender.withLock { $0.deliver(events) }
    }
}
