internal import TelemetryEvents

/// An instant for people: its day and its time of day, in UTC.
struct Instant {
    /// Such as `2026-11-21`.
    let day: String
    /// Such as `17:05:09`.
    let time: String

    /// `nanoseconds` are since 1970.
    init(_ nanoseconds: UInt64) {
        let written = EventTime.text(nanoseconds: Int64(clamping: nanoseconds)).description
        day = String(written.prefix(10))
        time = String(written.dropFirst(11).prefix(8))
    }
}
