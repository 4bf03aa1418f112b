/// What was admitted in the last period, so that no period of any position holds more than the cap.
///
/// Exact: each admission keeps its instant. Bounded: at most `cap` entries.
package struct SlidingWindow: Sendable {
    private struct Entry: Sendable {
        let instant: BootInstant
        var count: Int
    }

    private let limit: RateLimit
    /// Sorted by instant; those before `first` have left the window.
    private var entries: [Entry] = []
    private var first = 0
    private var total = 0

    package init(_ limit: RateLimit) {
        self.limit = limit
    }

    /// How many events are admitted in the period that ends at `now`.
    package mutating func admitted(at now: BootInstant) -> Int {
        expire(at: now)
        return total
    }

    /// Admits as many of `count` events as the cap allows at `now`, and answers how many.
    package mutating func admit(_ count: Int, at now: BootInstant) -> Int {
        expire(at: now)
        let admitted = min(count, max(limit.cap - total, 0))
        charge(admitted, at: now)
        return admitted
    }

    /// Charges events that were admitted at `instant`, which is not before earlier ones, whatever the cap says.
    package mutating func charge(_ count: Int, at instant: BootInstant) {
        guard count > 0 else { return }
        total += count
        if let last = entries.indices.last, last >= first, entries[last].instant >= instant {
            entries[last].count += count
        } else {
            entries.append(Entry(instant: instant, count: count))
        }
    }

    /// The instant at which at least one more event will be admitted; nil when that is now.
    package mutating func nextRoom(at now: BootInstant) -> BootInstant? {
        expire(at: now)
        guard total >= limit.cap, first < entries.count else { return nil }
        return entries[first].instant.advanced(by: limit.period)
    }

    /// Whether nothing is left in the window.
    package mutating func isEmpty(at now: BootInstant) -> Bool {
        expire(at: now)
        return total == 0
    }

    /// An event counts for one period from its instant, the end excluded.
    private mutating func expire(at now: BootInstant) {
        while first < entries.count, entries[first].instant.advanced(by: limit.period) <= now {
            total -= entries[first].count
            first += 1
        }
        if first > 0, first * 2 >= entries.count {
            entries.removeFirst(first)
            first = 0
        }
    }
}
