internal import TelemetryEvents

/// What an event is known by while it waits: its id, unwritten.
struct EventKey: Hashable, Sendable {
    let claim: ClaimID
    let index: Int

    init(_ event: borrowing TelemetryEvent) {
        claim = event.file.claim
        index = event.index
    }
}
