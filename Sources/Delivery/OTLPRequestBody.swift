internal import OpenTelemetryProtocol
internal import TelemetryEvents

/// The body of a request while it grows: an `ExportLogsServiceRequest`.
///
/// To build all of it from the generated types and to encode that in one piece takes three times the time, and memory for
/// every record as a value. So the generated types encode each record, resource and scope, and only the fields around
/// them are written here.
struct OTLPRequestBody: Sendable {
    /// What the records of events that share their common parameters stand behind, encoded.
    private struct Head: Sendable {
        /// A `ResourceLogs` that has only its resource.
        let resource: [UInt8]
        /// A `ScopeLogs` that has only its scope.
        let scope: [UInt8]

        init(_ common: CommonParameters, version: String) throws(OTLPEncodingError) {
            var resourceLogs = OTLPResourceLogs()
            resourceLogs.resource = OTLPResource(describing: common)
            resource = try resourceLogs.encoded()
            var scopeLogs = OTLPScopeLogs()
            scopeLogs.scope.name = "telltale"
            scopeLogs.scope.version = version
            scope = try scopeLogs.encoded()
        }

        /// How much longer than its records it makes a body, which is no longer than `limit` then, or has one record.
        func bytes(limit: Int) -> Int {
            let lengths = 2 * ProtobufMessageField.bytes(ofMessage: limit) - 2 * limit
            return resource.count + scope.count + lengths
        }
    }

    /// Those of the request that hold all others.
    private static let resourceLogs = ProtobufMessageField(number: 1)
    /// Those of `ResourceLogs`.
    private static let scopeLogs = ProtobufMessageField(number: 2)
    /// Those of `ScopeLogs`.
    private static let logRecords = ProtobufMessageField(number: 2)

    private let version: String
    /// The next event nearly always has the same.
    private var lastHead = LastRendering<CommonParameters, Head>()
    private var bytes: [UInt8] = []
    /// What the last records share, and where they begin; nil when there are none.
    private var run: (common: CommonParameters, head: Head, start: Int)?
    /// What the finished body has at most, if it has more than one record.
    private var size = 0

    /// A body without records; `version` is Telltale's own.
    init(version: String) {
        self.version = version
    }

    /// Appends an encoded record of an event with these common parameters.
    ///
    /// - Returns: false when the body might get longer than `limit`, which the first record may make it; then it stays as
    ///   it was.
    mutating func append(
        _ record: [UInt8], with common: CommonParameters, limit: Int
    ) throws(OTLPEncodingError) -> Bool {
        let head = try lastHead.of(common) { common throws(OTLPEncodingError) in
            try Head(common, version: version)
        }
        let isFirst = run?.common !== common
        let growth = ProtobufMessageField.bytes(ofMessage: record.count) + (isFirst ? head.bytes(limit: limit) : 0)
        guard size == 0 || size + growth <= limit else { return false }
        if isFirst {
            close()
            run = (common, head, bytes.count)
        }
        Self.logRecords.append(length: record.count, to: &bytes)
        bytes += record
        size += growth
        return true
    }

    /// The finished body; the next one begins without records.
    mutating func finish() -> [UInt8] {
        close()
        defer {
            bytes = []
            size = 0
        }
        return bytes
    }

    /// Puts the head before its records: only now is their length known.
    private mutating func close() {
        guard let run else { return }
        var scopeLogs: [UInt8] = []
        let records = bytes.count - run.start
        Self.scopeLogs.append(length: run.head.scope.count + records, to: &scopeLogs)
        scopeLogs += run.head.scope
        var resourceLogs: [UInt8] = []
        Self.resourceLogs.append(
            length: run.head.resource.count + scopeLogs.count + records, to: &resourceLogs)
        bytes.insert(contentsOf: resourceLogs + run.head.resource + scopeLogs, at: run.start)
        self.run = nil
    }
}
