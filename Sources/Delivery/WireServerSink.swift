package import HTTP
internal import Synchronization
package import TelemetryEvents

/// The sink that sends events to the telemetry channel of the WireServer, the host's own service.
///
/// An event counts as delivered once the server has answered that it took the request.
package final class WireServerSink: Sink {
    package let name = "wireserver"
    package let grouping = SinkGrouping.byProvider

    private let sender: Mutex<RequestSender<WireServerFormat>>

    /// A sink that sends to `origin` by a session of its own.
    ///
    /// `onGone` is called on the sink's thread when the server says that the goal state is another one now.
    package convenience init(
        to origin: HTTPOrigin, by session: HTTPSession, onGone: @escaping @Sendable () -> Void
    ) {
        let format = WireServerFormat(to: origin, retryAfter: { $0.retryAfterNow }, onGone: onGone)
        self.init(RequestSender(format, by: session))
    }

    init(_ sender: RequestSender<WireServerFormat>) {
        self.sender = Mutex(sender)
    }

    package func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        sender.withLock { $0.deliver(events) }
    }
}
