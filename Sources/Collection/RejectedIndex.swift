internal import SystemCalls
internal import TelemetryEvents

/// Which files the store of rejected ones holds, and which of them go when there are too many: the oldest.
///
/// Pure: it removes nothing itself.
struct RejectedIndex {
    /// A file in the store: a publisher's, or the record of one.
    struct Entry: Hashable {
        let publisher: Publisher
        let claim: ClaimID
        let name: FileName
        /// What it takes on disk.
        let bytes: Int
    }

    private struct Sum {
        var files = 0
        var bytes = 0

        mutating func add(_ entry: Entry) {
            files += 1
            bytes += entry.bytes
        }

        mutating func subtract(_ entry: Entry) {
            files -= 1
            bytes -= entry.bytes
        }
    }

    let limits: RejectedLimits
    /// From the oldest to the newest.
    private var entries: [Entry] = []
    private var total = Sum()
    private var sums: [Publisher: Sum] = [:]

    init(_ limits: RejectedLimits) {
        self.limits = limits
    }

    /// Bytes on disk that all files take.
    var bytes: Int { total.bytes }
    var count: Int { total.files }

    /// Takes up what is there already, and answers what has to go, to be called once and first.
    mutating func takeUp(_ stock: [Entry]) -> [Entry] {
        entries = stock.sorted { $0.claim < $1.claim }
        for entry in entries { include(entry) }
        return Set(entries.map(\.publisher)).flatMap { takeExcess(of: $0) } + takeExcess()
    }

    /// Adds an entry, and answers those that have to go for it; none of them is of the same claim.
    mutating func add(_ entry: Entry) -> [Entry] {
        let place = entries.lastIndex { $0.claim <= entry.claim }.map { $0 + 1 } ?? 0
        entries.insert(entry, at: place)
        include(entry)
        return takeExcess(of: entry.publisher, sparing: entry.claim) + takeExcess(sparing: entry.claim)
    }

    /// Takes out what is beyond the bounds of one publisher.
    private mutating func takeExcess(of publisher: Publisher, sparing claim: ClaimID? = nil) -> [Entry] {
        var gone: [Entry] = []
        while let sum = sums[publisher],
            sum.files > limits.filesPerPublisher || sum.bytes > limits.bytesPerPublisher,
            let oldest = entries.firstIndex(where: { $0.publisher == publisher && $0.claim != claim })
        {
            gone += removeClaim(at: oldest)
        }
        return gone
    }

    /// Takes out what is beyond the bounds of all.
    private mutating func takeExcess(sparing claim: ClaimID? = nil) -> [Entry] {
        var gone: [Entry] = []
        while total.files > limits.files || total.bytes > limits.bytes,
            let oldest = entries.firstIndex(where: { $0.claim != claim })
        {
            gone += removeClaim(at: oldest)
        }
        return gone
    }

    /// Takes out what was claimed longer ago than the limit; `now` is in nanoseconds since 1970.
    mutating func takeExpired(at now: UInt64) -> [Entry] {
        var gone: [Entry] = []
        while let oldest = entries.first, oldest.claim.time < now, now - oldest.claim.time > limits.age {
            gone += removeClaim(at: 0)
        }
        return gone
    }

    /// Whether nothing of the publisher is kept.
    func isEmpty(of publisher: Publisher) -> Bool { sums[publisher] == nil }

    private mutating func include(_ entry: Entry) {
        total.add(entry)
        sums[entry.publisher, default: Sum()].add(entry)
    }

    /// Takes out the entry at `index`, which is the first of its claim, and all others of that claim: without its record
    /// nobody would find a file.
    private mutating func removeClaim(at index: Int) -> [Entry] {
        let claim = entries[index].claim
        let gone = Array(entries[index...].prefix { $0.claim == claim })
        entries.removeSubrange(index..<index + gone.count)
        for entry in gone {
            total.subtract(entry)
            sums[entry.publisher]?.subtract(entry)
            if sums[entry.publisher]?.files == 0 { sums[entry.publisher] = nil }
        }
        return gone
    }
}
