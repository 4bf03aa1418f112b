/// What is to be told of each publisher's losses, to one audience: at once, and then at most once a period, with the
/// counts of everything in between.
///
/// Pure: it is told the time.
struct DropDigests {
    private struct Pending {
        var digest = DropDigest()
        let due: UInt64
    }

    /// The least time between two tellings about one publisher, in nanoseconds.
    private let period: UInt64
    private var pending: [Publisher: Pending] = [:]
    /// Publishers that were told of, and when they may be told of again.
    private var resting: [Publisher: UInt64] = [:]

    init(period: UInt64) {
        self.period = period
    }

    /// When something is to be told, in nanoseconds since boot; nil when nothing waits.
    private(set) var nextDue: UInt64?

    /// How many publishers it keeps something about.
    var publisherCount: Int { pending.count + resting.count }

    /// Takes note of a loss.
    mutating func note(of publisher: Publisher, _ change: (inout DropDigest) -> Void) {
        let due = resting[publisher] ?? 0
        if pending[publisher] == nil { nextDue = min(nextDue ?? .max, due) }
        change(&pending[publisher, default: Pending(due: due)].digest)
    }

    /// Takes what is due, of at most `limit` publishers; what is beyond that stays due.
    mutating func takeDue(at now: UInt64, atMost limit: Int) -> [(publisher: Publisher, digest: DropDigest)] {
        guard let nextDue, nextDue <= now else { return [] }
        var taken: [(publisher: Publisher, digest: DropDigest)] = []
        for (publisher, told) in pending where told.due <= now && taken.count < limit {
            taken.append((publisher, told.digest))
        }
        for (publisher, _) in taken {
            pending[publisher] = nil
            resting[publisher] = now + period
        }
        self.nextDue = pending.values.lazy.map(\.due).min()
        return taken
    }

    /// Forgets publishers that were not told of lately.
    mutating func forgetQuiet(at now: UInt64) {
        resting = resting.filter { $0.value > now }
    }

    /// Takes everything, due or not: the work ends.
    mutating func takeAll() -> [(publisher: Publisher, digest: DropDigest)] {
        let taken = pending.map { (publisher: $0.key, digest: $0.value.digest) }
        pending = [:]
        nextDue = nil
        return taken
    }
}
