internal import OpenTelemetryProtocol
internal import TelemetryEvents

/// Writes events as log records.
///
/// Pure but for a memory of the last event's file, whose part of each record is made once.
struct OTLPRecordEncoding: Sendable {
    private var fileAttributes = LastRendering<EventFile, [OTLPKeyValue]>()

    /// The event's record.
    mutating func encode(_ event: TelemetryEvent) throws(OTLPEncodingError) -> [UInt8] {
        let attributes = fileAttributes.of(event.file) { file in
            var attributes: [OTLPKeyValue] = []
            if let handler = file.handler { attributes.append(OTLPKeyValue("telltale.handler", text: handler)) }
            if let name = file.name { attributes.append(OTLPKeyValue("telltale.file", text: name)) }
            return attributes
        }
        return try OTLPLogRecord(event, ofFile: attributes).encoded()
    }
}
