package import HTTP
internal import Synchronization
package import TelemetryEvents

/// The sink that sends events to a receiver of OTLP/HTTP.
///
/// An event counts as delivered once the receiver has answered that it took the request.
package final class OTLPSink: Sink {
    package let name = "otlp"

    private let sender: Mutex<RequestSender<OTLPFormat>>

    /// A sink that sends to `origin` by a session of its own.
    ///
    /// - Parameters:
    ///   - origin: the receiver.
    ///   - path: what stands before `/v1/logs`, without a `/` at its end.
    ///   - session: carries the requests.
    ///   - headers: further fields of every request.
    ///   - version: Telltale's own.
    package convenience init(
        to origin: HTTPOrigin, path: String, by session: HTTPSession, headers: [HTTPHeader], version: String
    ) {
        let format = OTLPFormat(
            origin: origin, path: path, headers: headers, version: version, retryAfter: { $0.retryAfterNow })
        self.init(RequestSender(format, by: session))
    }

    init(_ sender: RequestSender<OTLPFormat>) {
        self.sender = Mutex(sender)
    }

    package func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        sender.withLock { $0.deliver(events) }
    }
}
