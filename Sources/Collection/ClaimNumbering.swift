internal import TelemetryEvents

/// Gives out claim ids: unique for ever, in the order of the claims.
struct ClaimNumbering {
    private var lastTime: UInt64
    private var counter: UInt16

    /// `newest` is the newest id known from before, so that a clock that was set back brings no id again.
    init(after newest: ClaimID?, counter: UInt16 = .random(in: 0...UInt16.max)) {
        lastTime = newest?.time ?? 0
        self.counter = counter
    }

    /// `now` is in nanoseconds since 1970 (UTC).
    mutating func next(at now: UInt64) -> ClaimID {
        lastTime = max(now, lastTime &+ 1)
        counter &+= 1
        return ClaimID(time: lastTime, counter: counter)
    }

    /// Takes note of an id that was given out before.
    mutating func skip(past id: ClaimID) {
        lastTime = max(lastTime, id.time)
    }
}
