internal import SystemCalls

/// Files in publishers' directories that are looked at again a little later: links and files that may still be written,
/// those that were incomplete, and those that somebody else reads.
///
/// Pure: it is told the time.
///
/// Bounded for each publisher; beyond, its whole directory is looked at again instead.
struct AwaitedFiles: Sendable {
    /// A file, by whose it is and its name.
    struct Key: Hashable, Sendable {
        let publisher: Publisher
        let name: FileName
    }

    /// Why and how long a file is awaited.
    struct Wait: Hashable, Sendable {
        /// In nanoseconds since boot.
        var due: UInt64
        /// How often the file was claimed and found incomplete.
        var attempts = 0
        /// How often it was left alone because somebody else was reading it, or had read it.
        var readings = 0
        /// How long the next wait is to be, in nanoseconds; it grows for a file that stays open.
        var next = CollectorBounds.settleTime
        /// What the file was when it was last looked at; nil when it was not yet.
        var seen: FileStatus?

        /// What a claim asks for that would ask for `condition` if nobody had been waited for.
        func condition(_ condition: ClaimCondition) -> ClaimCondition {
            if attempts >= CollectorBounds.incompleteAttempts { return .none }
            // Readers are waited for no longer; a writer is, whoever has read what he wrote by then.
            let isOver = readings >= CollectorBounds.courtesies && condition == .notKnownUsed
            return isOver ? .notWritten : condition
        }

        /// The same with what is known of an earlier wait for the same file.
        func adding(_ earlier: Wait?) -> Wait {
            guard let earlier else { return self }
            var sum = self
            sum.readings += earlier.readings
            sum.attempts = max(attempts, earlier.attempts)
            sum.next = max(next, earlier.next)
            return sum
        }
    }

    /// Files awaited of one publisher.
    static let limitPerPublisher = 1024

    private var waits: [Key: Wait] = [:]
    private var counts: [Publisher: Int] = [:]
    /// Publishers with more files than the limit, and when to look at the whole directory.
    private var crowded: [Publisher: UInt64] = [:]
    /// Not later than the earliest instant in `waits` and `crowded`; exact after ``takeDue(at:)``.
    private var earliest: UInt64?

    var isEmpty: Bool { waits.isEmpty && crowded.isEmpty }

    /// When to look next, in nanoseconds since boot; sometimes earlier than needed.
    var nextDue: UInt64? { isEmpty ? nil : earliest }

    subscript(key: Key) -> Wait? { waits[key] }

    /// Whether the file itself would be awaited, so that what is known of it is kept.
    func hasRoom(for key: Key) -> Bool {
        waits[key] != nil || counts[key.publisher, default: 0] < Self.limitPerPublisher
    }

    mutating func add(_ key: Key, _ wait: Wait) {
        if waits[key] == nil {
            guard hasRoom(for: key) else {
                crowded[key.publisher] = min(crowded[key.publisher] ?? .max, wait.due)
                earliest = min(earliest ?? .max, wait.due)
                return
            }
            counts[key.publisher, default: 0] += 1
        }
        waits[key] = wait
        earliest = min(earliest ?? .max, wait.due)
    }

    mutating func remove(_ key: Key) {
        guard waits.removeValue(forKey: key) != nil else { return }
        let left = counts[key.publisher, default: 1] - 1
        counts[key.publisher] = left == 0 ? nil : left
    }

    /// Takes what is due at `now`: single files, as many as a turn claims, and publishers whose whole directory is to be looked at.
    mutating func takeDue(at now: UInt64) -> (files: [(key: Key, wait: Wait)], directories: [Publisher]) {
        guard let earliest, earliest <= now else { return ([], []) }
        let files = Array(waits.lazy.filter { $0.value.due <= now }.prefix(CollectorBounds.claimsPerTurn))
            .map { (key: $0.key, wait: $0.value) }
        for file in files { remove(file.key) }
        let directories = crowded.filter { $0.value <= now }.map(\.key)
        for publisher in directories { crowded[publisher] = nil }
        self.earliest = [waits.values.lazy.map(\.due).min(), crowded.values.min()].compactMap(\.self).min()
        return (files, directories)
    }
}
