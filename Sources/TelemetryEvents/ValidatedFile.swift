/// What validation makes of the bytes of one event file.
package struct ValidatedFile: Sendable {
    /// The accepted events, in the file's order.
    package let events: [TelemetryEvent]
    /// How many events were rejected, by reason.
    package let rejected: [Rejection.Code: Int]
    /// The first rejections, at most `ValidationLimits.keptRejections`.
    package let rejections: [Rejection]

    package init(events: [TelemetryEvent], rejected: [Rejection.Code: Int], rejections: [Rejection]) {
        self.events = events
        self.rejected = rejected
        self.rejections = rejections
    }
}
