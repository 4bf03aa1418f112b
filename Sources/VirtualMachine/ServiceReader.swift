internal import Configuration
internal import HTTP
internal import TelemetryEvents

/// Asks a service for one document and decodes it.
struct ServiceReader: Sendable {
    let session: HTTPSession
    let headers: [HTTPHeader]

    /// The decoded document at `url`.
    ///
    /// - Throws: why there is none, with the name of the `document` in the reason.
    func read<Document>(
        _ document: String, at url: ServiceURL,
        _ decode: (UnsafeRawBufferPointer) throws(ServiceAnswerError) -> Document
    ) throws(QueryFailure) -> Document {
        let answer: HTTPAnswer
        do {
            answer = try session.exchange(
                HTTPRequest(
                    to: HTTPOrigin(host: url.endpoint.host, port: url.endpoint.port), target: url.target,
                    headers: headers))
        } catch {
            throw QueryFailure(kind: Self.kind(of: error), reason: "\(document): \(error)")
        }
        guard answer.status == 200 else {
            throw QueryFailure(kind: .unusable, reason: "\(document): status \(answer.status), 200 was expected")
        }
        do {
            return try answer.body.span.withUnsafeBytes { bytes throws(ServiceAnswerError) in try decode(bytes) }
        } catch {
            throw QueryFailure(kind: .unusable, reason: "\(document): \(error)")
        }
    }

    private static func kind(of failure: HTTPFailure) -> QueryFailure.Kind {
        switch failure {
        case .cannotConnect, .timedOut: .unreachable
        case .proxyRefused, .notTrusted, .tooLarge, .broken: .unusable
        }
    }
}
