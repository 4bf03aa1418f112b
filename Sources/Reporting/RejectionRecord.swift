package import TelemetryEvents

/// What is kept beside a rejected file: which file it was, and what is wrong with it at which place.
package struct RejectionRecord: Sendable {
    /// An event that a sink would never take, with the destination's answer.
    package struct Refusal: Sendable {
        package let sink: String
        /// The position in the file's list of events, from 0.
        package let index: Int
        package let reason: String

        /// A destination's answer may be long: of the reason its beginning is kept.
        package init(sink: String, index: Int, reason: String) {
            self.sink = sink
            self.index = index
            self.reason = String(reason.unicodeScalars.prefix(Self.longestReason))
        }

        /// Code points of a reason that are kept.
        private static let longestReason = 1000
    }

    /// The claim under which the file was taken.
    package let claim: ClaimID
    /// The extension's handler; nil for the VM agent's files.
    package let handler: String?
    /// The publisher's name for the file.
    package let file: String
    /// In bytes.
    package let size: Int
    /// In nanoseconds since 1970 (UTC).
    package var rejectedAt: Int64 = 0
    /// The name under which the file lies beside the record; nil when only the record is kept.
    package var keptAs: String?
    /// Why the whole file was rejected, if it was.
    package var fileRejection: FileRejection?
    /// How many of its events were rejected, by reason.
    package var counts: [Rejection.Code: Int] = [:]
    /// The first of these, with their places.
    package var rejections: [Rejection] = []
    /// How often a sink refused one of its events for good.
    package var refusalCount = 0
    /// The first of these.
    package var refusals: [Refusal] = []

    package init(claim: ClaimID, handler: String?, file: String, size: Int) {
        self.claim = claim
        self.handler = handler
        self.file = file
        self.size = size
    }

    /// What a summary says of events that the validator accepted and a sink did not.
    static let refusal = "refused by "

    /// What is wrong, in one line.
    package var summary: String {
        if let fileRejection { return fileRejection.description }
        let reasons = counts.map { (reason: $0.key.description, count: $0.value) }.sorted { $0.reason < $1.reason }
            .map { $0.count == 1 ? $0.reason : "\($0.reason) (\($0.count) events)" }
        let refused = refusals.prefix(1).map { first in
            let others = refusalCount == 1 ? "" : " (the first of \(refusalCount.counting("event")))"
            return "\(Self.refusal)\(first.sink): \(first.reason)\(others)"
        }
        return (reasons + refused).joined(separator: "; ")
    }

    /// One JSON object, a member a line, with a line end behind it.
    package var json: String {
        var members = [
            ("id", claim.description.quotedAsJSON),
            ("source", (handler == nil ? "agent" : "extension").quotedAsJSON),
        ]
        if let handler { members.append(("handler", handler.quotedAsJSON)) }
        members.append(("file", file.quotedAsJSON))
        members.append(("size", String(size)))
        members.append(("rejectedAt", EventTime.text(nanoseconds: rejectedAt).description.quotedAsJSON))
        members.append(("keptAs", keptAs?.quotedAsJSON ?? "null"))
        members.append(("summary", summary.quotedAsJSON))
        if case .malformed(let place, let reason, _) = fileRejection {
            members.append(("reason", reason.quotedAsJSON))
            members.append(("line", String(place.line)))
            members.append(("column", String(place.column)))
        }
        if !counts.isEmpty {
            let sorted = counts.map { ($0.key.description, $0.value) }.sorted { $0.0 < $1.0 }
            let list = sorted.map { "\($0.0.quotedAsJSON): \($0.1)" }.joined(separator: ", ")
            members.append(("rejected", "{\(list)}"))
            members.append(("events", "[\(rejections.map(Self.object).joined(separator: ", "))]"))
        }
        if !refusals.isEmpty {
            members.append(("refused", "[\(refusals.map(Self.object).joined(separator: ", "))]"))
        }
        return "{\n" + members.map { "  \"\($0.0)\": \($0.1)" }.joined(separator: ",\n") + "\n}\n"
    }

    private static func object(_ rejection: Rejection) -> String {
        "{\"index\": \(rejection.index), \"reason\": \(rejection.code.description.quotedAsJSON), "
            + "\"line\": \(rejection.place.line), \"column\": \(rejection.place.column)}"
    }

    private static func object(_ refusal: Refusal) -> String {
        "{\"index\": \(refusal.index), \"sink\": \(refusal.sink.quotedAsJSON), "
            + "\"reason\": \(refusal.reason.quotedAsJSON)}"
    }
}
