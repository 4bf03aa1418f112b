internal import Reporting
internal import TelemetryEvents

/// What was left out of one publisher's events since that was told last, with exact counts.
struct DropDigest {
    /// Whole files of one kind of fault: the last of them stands for all.
    struct FileFault {
        /// `fileRejected`, `fileSkipped` or `notARegularFile`.
        let kind: Notice.Kind
        let name: String
        /// The contract's, such as `MalformedFileError`.
        let code: String
        let reason: String
        /// The sentence for people.
        let message: String
        /// Whether the file is not UTF-8, which the agent's reports count apart.
        let isForEncoding: Bool
    }

    /// An event that a sink refused for good: the last of them stands for all.
    struct Refusal {
        /// The event's id.
        let event: String
        let file: String?
        let reason: String
    }

    /// The kinds of fault that whole files have, in the order in which they are told.
    static let fileKinds: [Notice.Kind] = [.fileRejected, .fileSkipped, .notARegularFile]

    private(set) var events: [Rejection.Code: Int] = [:]
    private(set) var overCap = 0
    private(set) var files: [Notice.Kind: (last: FileFault, count: Int)] = [:]
    /// By the sink's name.
    private(set) var refusals: [String: (last: Refusal, count: Int)] = [:]
    private(set) var errors: [OwnReport.Operation: OwnReport.Errors] = [:]

    mutating func rejectEvents(_ count: Int, because code: Rejection.Code) {
        events[code, default: 0] += count
        errors[.collect, default: OwnReport.Errors()].add(code.description, count: count)
    }

    mutating func leaveOut(_ count: Int) {
        overCap += count
    }

    mutating func rejectFile(_ fault: FileFault) {
        files[fault.kind] = (fault, (files[fault.kind]?.count ?? 0) + 1)
        let operation: OwnReport.Operation = fault.isForEncoding ? .decode : .collect
        errors[operation, default: OwnReport.Errors()].add("\(fault.name): \(fault.reason)")
    }

    mutating func refuse(_ refusal: Refusal, by sink: String) {
        refusals[sink] = (refusal, (refusals[sink]?.count ?? 0) + 1)
    }

    /// Counts events that a sink refused for good.
    mutating func countRefused(_ count: Int, because reason: String) {
        errors[.deliver, default: OwnReport.Errors()].add(reason, count: count)
    }
}
