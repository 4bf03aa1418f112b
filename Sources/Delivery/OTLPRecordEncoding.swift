internal import OpenTelemetryProtocol
internal import TelemetryEvents

/// Writes events as log records.
///
/// Pure but for a memory of the last event's file, whose part of each record is made once.
struct OTLPRecordEncoding: Sendable {
    private struct FileAttributes: Sendable {
        let file: EventFile
        let attributes: [OTLPKeyValue]

        init(_ file: EventFile) {
            self.file = file
            var attributes: [OTLPKeyValue] = []
            if let handler = file.handler { attributes.append(OTLPKeyValue("telltale.handler", text: handler)) }
            if let name = file.name { attributes.append(OTLPKeyValue("telltale.file", text: name)) }
            self.attributes = attributes
        }
    }

    private var file: FileAttributes?

    /// The event's record.
    mutating func encode(_ event: TelemetryEvent) throws(OTLPEncodingError) -> [UInt8] {
        if file?.file !== event.file { file = FileAttributes(event.file) }
        return try OTLPLogRecord(event, ofFile: file?.attributes ?? []).encoded()
    }
}
