/// What operators were told last of something that comes and goes, such as the failing of a sink.
///
/// A trouble is told at once, and the same one not again within the period; its end is told whenever a trouble was. So
/// flapping costs two notices a period, and what was told last is never wrong for longer than that.
package struct ToldState<State: Hashable & Sendable>: Sendable {
    private let calm: State
    private let period: UInt64
    private var told: State
    private var notBefore: [State: UInt64] = [:]

    /// `period` is in nanoseconds.
    package init(calm: State, period: UInt64) {
        self.calm = calm
        self.period = period
        told = calm
    }

    /// Whether operators are to be told now that it is so; to be asked again for as long as it is.
    ///
    /// `now` is in nanoseconds since boot.
    package mutating func shouldTell(_ state: State, now: UInt64) -> Bool {
        guard state != told, now >= notBefore[state] ?? 0 else { return false }
        told = state
        if state != calm { notBefore[state] = now + period }
        return true
    }
}
