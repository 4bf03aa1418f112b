/// The shared validator: it turns the bytes of an event file into telemetry events and rejections.
///
/// Pure: it reads no file, no clock and no setting but its limits, so that the service, `telltale validate` and
/// `telltale emit` can never disagree.
package struct EventValidator: Sendable {
    /// A file larger than this is refused whatever the limits say: places of texts are kept in 32 bits.
    private static let largestSize = 1 << 28

    package let limits: ValidationLimits

    package init(limits: ValidationLimits = ValidationLimits()) {
        self.limits = limits
    }

    /// Validates a file by the schema of its source.
    ///
    /// - Throws: the rejection of the whole file, when it is malformed or larger than the limit.
    package func validate(_ bytes: UnsafeRawBufferPointer, of file: EventFile) throws(FileRejection) -> ValidatedFile {
        let limit = min(limits.fileSize, Self.largestSize)
        guard bytes.count <= limit else { throw .oversize(size: bytes.count, limit: limit) }
        if file.handler == nil, let start = AgentXMLDecoder.start(of: bytes) {
            if let fault = UTF8Sequence.firstFault(in: bytes, from: start) { throw FileRejection(fault, in: bytes) }
            return try AgentXMLDecoder(bytes, from: start, of: file, limits: limits).decode()
        }
        do throws(JSONFault) {
            if let handler = file.handler {
                var decoder = ExtensionEventDecoder(bytes, of: file, handler: handler, limits: limits)
                return try decoder.decode()
            }
            var decoder = AgentJSONDecoder(bytes, of: file, limits: limits)
            return try decoder.decode()
        } catch {
            throw FileRejection(error, in: bytes)
        }
    }
}
