package import SystemCalls

/// Claims that wait, taken from publishers in turn and from each publisher newest first.
///
/// Bounded: beyond the limits the oldest claims are known only to the spool on disk, and the publisher is marked as
/// one whose spool is to be read again. Pure.
package struct ClaimQueue: Sendable {
    /// Claims of one publisher that are kept in memory.
    static let limitPerPublisher = 16_384
    /// Claims of all publishers that are kept in memory. Past it a publisher keeps ``leastPerPublisher``.
    static let limit = 65_536
    /// What a publisher may keep however many others wait.
    static let leastPerPublisher = 8

    /// Sorted from the oldest to the newest.
    private var waiting: [Publisher: [Claim]] = [:]
    /// Whose turn is next; holds each publisher that has claims in `waiting` once.
    private var turns: [Publisher] = []
    private var nextTurn = 0
    /// Publishers with claims on disk that are not in `waiting`.
    private var truncated: Set<Publisher> = []
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// How many claims of one publisher wait in memory.
    package func count(of publisher: Publisher) -> Int { waiting[publisher]?.count ?? 0 }

    /// Adds a claim in its place. What no longer fits is left to the spool.
    package mutating func add(_ claim: Claim, of publisher: Publisher) {
        var claims = waiting.removeValue(forKey: publisher) ?? []
        if claims.isEmpty { turns.append(publisher) }
        claims.insert(claim, at: Self.position(of: claim, in: claims))
        count += 1
        if claims.count > Self.limitPerPublisher || (count > Self.limit && claims.count > Self.leastPerPublisher) {
            claims.removeFirst()
            count -= 1
            truncated.insert(publisher)
        }
        waiting[publisher] = claims
    }

    /// Takes the newest claim of the publisher whose turn it is, among those that `allows` lets through.
    package mutating func next(
        where allows: (Publisher) -> Bool = { _ in true }
    ) -> (publisher: Publisher, claim: Claim)? {
        for offset in 0..<turns.count {
            let turn = (nextTurn + offset) % turns.count
            let publisher = turns[turn]
            guard allows(publisher) else { continue }
            guard let claim = takeNewest(of: publisher) else { continue }
            if waiting[publisher] == nil {
                turns.remove(at: turn)
                nextTurn = turns.isEmpty ? 0 : turn % turns.count
            } else {
                nextTurn = (turn + 1) % turns.count
            }
            return (publisher, claim)
        }
        return nil
    }

    /// Takes a publisher that has nothing left in memory, but more in the spool.
    package mutating func takeExhausted() -> Publisher? {
        guard let publisher = truncated.first(where: { waiting[$0] == nil }) else { return nil }
        truncated.remove(publisher)
        return publisher
    }

    private mutating func takeNewest(of publisher: Publisher) -> Claim? {
        guard var claims = waiting.removeValue(forKey: publisher), let claim = claims.popLast() else { return nil }
        count -= 1
        if !claims.isEmpty { waiting[publisher] = claims }
        return claim
    }

    private static func position(of claim: Claim, in claims: [Claim]) -> Int {
        var low = 0
        var high = claims.count
        while low < high {
            let middle = (low + high) / 2
            if claim.isNewer(than: claims[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
