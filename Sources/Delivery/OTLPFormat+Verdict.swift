internal import HTTP
internal import OpenTelemetryProtocol
internal import SwiftProtobuf

extension OTLPFormat {
    func verdict(on answer: HTTPAnswer) -> RequestVerdict {
        switch answer.status {
        case 200..<300: .accepted(leftOut: Self.leftOut(by: answer))
        case 429: .throttled(after: retryAfter(answer), reason: Self.summary(of: answer))
        case 503:
            // A receiver that says when it takes requests again is not broken, but full.
            if let delay = retryAfter(answer) {
                .throttled(after: delay, reason: Self.summary(of: answer))
            } else {
                .retry(after: nil, reason: Self.summary(of: answer))
            }
        case 502, 504: .retry(after: retryAfter(answer), reason: Self.summary(of: answer))
        default: .refused(reason: Self.summary(of: answer))
        }
    }

    /// The records that a receiver says it left out of a request that it took.
    ///
    /// A message without any is advice of the receiver's, and nothing is lost by it. An answer that is none counts as one
    /// that leaves nothing out: what the status says is clear.
    private static func leftOut(by answer: HTTPAnswer) -> UnnamedRefusals? {
        guard let response = try? OTLPExportLogsServiceResponse(serializedBytes: answer.body),
            response.partialSuccess.rejectedLogRecords > 0
        else { return nil }
        let message = AnswerExcerpt(response.partialSuccess.errorMessage.utf8).text
        return UnnamedRefusals(
            count: Int(clamping: response.partialSuccess.rejectedLogRecords),
            reason: message.isEmpty ? "the receiver gave no reason" : message)
    }

    /// The status with the beginning of what the receiver says of it.
    private static func summary(of answer: HTTPAnswer) -> String {
        let isProtobuf = answer["content-type"]?.lowercased().hasPrefix("application/x-protobuf") ?? false
        // The body is a google.rpc.Status. Its code and its message have the numbers and the types of the two fields of
        // this message; its details are passed.
        guard isProtobuf, let status = try? OTLPExportLogsPartialSuccess(serializedBytes: answer.body) else {
            return answer.summary
        }
        return answer.summary(saying: AnswerExcerpt(status.errorMessage.utf8))
    }
}
