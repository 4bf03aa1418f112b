/// How often each thread of a program has given up or lost its processor.
struct ContextSwitches {
    /// By the thread's number.
    private var counts: [String: Int] = [:]

    mutating func note(_ thread: String, count: Int) {
        counts[thread] = count
    }

    /// How often threads woke between `earlier` and this.
    ///
    /// A thread that ended meanwhile took its count with it; it woke once at the least.
    func wakeUps(since earlier: ContextSwitches) -> Int {
        let ended = earlier.counts.keys.count { counts[$0] == nil }
        return counts.reduce(ended) { $0 + $1.value - (earlier.counts[$1.key] ?? 0) }
    }
}
