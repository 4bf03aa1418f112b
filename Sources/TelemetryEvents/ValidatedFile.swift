/// What validation makes of the bytes of one event file.
package struct ValidatedFile: Sendable {
    /// The accepted events, in the file's order.
    package let events: [TelemetryEvent]
    /// How many events were rejected, by reason.
    package let rejected: [Rejection.Code: Int]
    /// The first rejections, at most `ValidationLimits.keptRejections`.
    package let rejections: [Rejection]
    /// How many texts of accepted events were cut.
    package let cutCount: Int
    /// How many texts of accepted events were redacted.
    package let redactedCount: Int
    /// The first alterations of accepted events, at most `ValidationLimits.keptRejections`.
    package let alterations: [Alteration]

    init(
        events: [TelemetryEvent], rejections: (counts: [Rejection.Code: Int], kept: [Rejection]),
        alterations: AlterationTally
    ) {
        self.events = events
        rejected = rejections.counts
        self.rejections = rejections.kept
        cutCount = alterations.cutCount
        redactedCount = alterations.redactedCount
        self.alterations = alterations.kept
    }
}
