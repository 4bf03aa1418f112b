internal import HTTP
internal import OpenTelemetryProtocol
internal import SwiftProtobuf
internal import TelemetryEvents

/// How an OpenTelemetry receiver wants events, and what its answers mean: OTLP/HTTP with protobuf (contract, section 5).
struct OTLPFormat: RequestFormat {
    /// A body reaches this many bytes only when its one event alone does.
    ///
    /// Far below what receivers take (20 MiB by the OpenTelemetry Collector's default), and yet so large that what every
    /// request costs beside its events counts for nothing.
    static let mostBytes = 1 << 20
    /// No request holds more events.
    static let mostEvents = 2000
    /// What is appended to the endpoint's path (OTLP/HTTP).
    private static let path = "/v1/logs"

    private let origin: HTTPOrigin
    private let target: String
    private let headers: [HTTPHeader]
    private var records = OTLPRecordEncoding()
    private var body: OTLPRequestBody
    /// How long an answer asks to wait.
    let retryAfter: @Sendable (HTTPAnswer) -> Duration?

    /// The format for one endpoint.
    ///
    /// - Parameters:
    ///   - origin: whose endpoint it is.
    ///   - path: the endpoint's path without a `/` at its end; empty where it has none.
    ///   - headers: what the operator wants sent too, such as an authorization.
    ///   - version: Telltale's own.
    ///   - retryAfter: reads what an answer asks to wait.
    init(
        origin: HTTPOrigin, path: String, headers: [HTTPHeader], version: String,
        retryAfter: @escaping @Sendable (HTTPAnswer) -> Duration?
    ) {
        self.origin = origin
        target = path + Self.path
        self.headers =
            [HTTPHeader("Content-Type", "application/x-protobuf"), HTTPHeader("User-Agent", "Telltale/\(version)")]
            + headers
        body = OTLPRequestBody(version: version)
        self.retryAfter = retryAfter
    }

    mutating func encode(_ events: ArraySlice<TelemetryEvent>) -> EncodedRequest {
        var encoded = 0
        for event in events.prefix(Self.mostEvents) {
            do throws(OTLPEncodingError) {
                let record = try records.encode(event)
                guard try body.append(record, with: event.file.common, limit: Self.mostBytes) else { break }
                encoded += 1
            } catch {
                guard encoded == 0 else { break }  // It comes first in the next request, and is told then.
                return .unsendable(reason: "it cannot be encoded: \(error.reason)")
            }
        }
        return .request(request(body.finish()), events: encoded)
    }

    var probe: HTTPRequest { request([]) }

    private func request(_ body: [UInt8]) -> HTTPRequest {
        HTTPRequest(.post, to: origin, target: target, headers: headers, body: body)
    }
}

/// Why the protobuf library encodes a message no further.
struct OTLPEncodingError: Error {
    let reason: String
}

extension Message {
    /// The encoded message.
    func encoded() throws(OTLPEncodingError) -> [UInt8] {
        do {
            return try serializedBytes()
        } catch {
            throw OTLPEncodingError(reason: "\(error)")
        }
    }
}
