internal import Configuration
package import SystemCalls

/// Gathers hints that files are complete into batches: a quiet window, a maximum delay, a maximum size, each publisher
/// for itself, so that a flood from one delays no other.
///
/// Pure: it is told the time.
package struct Debouncer: Sendable {
    /// When a batch is due.
    package struct Settings: Hashable, Sendable {
        /// A batch is due when no hint came for this long, in nanoseconds.
        ///
        /// 0: at once.
        package var quietWindow: UInt64
        /// And at the latest this long after its first hint, in nanoseconds.
        package var maximumDelay: UInt64
        /// And as soon as it holds this many files.
        package var maximumSize: Int

        /// The defaults are those of the settings.
        package init(
            quietWindow: UInt64 = UInt64(Setting.defaultQuietWindow) * 1_000_000,
            maximumDelay: UInt64 = UInt64(Setting.defaultMaximumDelay) * 1_000_000, maximumSize: Int = 512
        ) {
            self.quietWindow = quietWindow
            self.maximumDelay = maximumDelay
            self.maximumSize = maximumSize
        }
    }

    /// The files of one publisher that are claimed together.
    package struct Batch: Hashable, Sendable {
        package let publisher: Publisher
        /// In the order of the first hint, each once.
        package let names: [FileName]
    }

    private struct Gathering: Sendable {
        var names: [FileName] = []
        var known: Set<FileName> = []
        let first: UInt64
        var last: UInt64

        mutating func note(_ name: FileName, at now: UInt64) {
            last = now
            if known.insert(name).inserted { names.append(name) }
        }
    }

    private let settings: Settings
    private var gatherings: [Publisher: Gathering] = [:]

    package init(_ settings: Settings) {
        self.settings = settings
    }

    package var isEmpty: Bool { gatherings.isEmpty }

    /// Notes a hint at `now`, in nanoseconds since boot.
    ///
    /// A repeated name is folded.
    package mutating func add(_ name: FileName, of publisher: Publisher, at now: UInt64) {
        gatherings[publisher, default: Gathering(first: now, last: now)].note(name, at: now)
    }

    /// Takes the batches that are due at `now`.
    package mutating func takeDue(at now: UInt64) -> [Batch] {
        guard !gatherings.isEmpty else { return [] }
        var due: [Batch] = []
        for (publisher, gathering) in gatherings where instant(of: gathering) <= now {
            due.append(Batch(publisher: publisher, names: gathering.names))
        }
        for batch in due { gatherings[batch.publisher] = nil }
        return due
    }

    /// When the next batch is due, in nanoseconds since boot.
    package var nextDue: UInt64? {
        gatherings.values.lazy.map { instant(of: $0) }.min()
    }

    private func instant(of gathering: Gathering) -> UInt64 {
        if gathering.names.count >= settings.maximumSize { return 0 }
        return min(gathering.last + settings.quietWindow, gathering.first + settings.maximumDelay)
    }
}
