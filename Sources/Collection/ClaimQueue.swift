/// Claims that wait, taken from publishers in turn: from one with a cap the newest first, from the VM agent the oldest.
///
/// Bounded: beyond the limits the claims that go last are known only to the spool on disk, and the publisher is marked as
/// one whose spool is to be read again. Pure.
package struct ClaimQueue: Sendable {
    /// Claims of one publisher that are kept in memory.
    static let limitPerPublisher = 16_384
    /// Claims of all publishers that are kept in memory.
    ///
    /// Past it a publisher keeps ``leastPerPublisher``.
    static let limit = 32_768
    /// What a publisher may keep however many others wait.
    static let leastPerPublisher = 8

    private var waiting: [Publisher: WaitingClaims] = [:]
    /// Whose turn is next; holds each publisher that has claims in `waiting` once.
    private var turns: [Publisher] = []
    private var nextTurn = 0
    /// Publishers with claims on disk that are not in `waiting`.
    private var truncated: Set<Publisher> = []
    package private(set) var count = 0

    package init() {}

    /// Adds a claim in its place.
    ///
    /// What no longer fits is left to the spool.
    package mutating func add(_ claim: Claim, of publisher: Publisher) {
        if waiting[publisher] == nil { turns.append(publisher) }
        count += 1
        let dropped = waiting[publisher, default: WaitingClaims(publisher.order)].add(
            claim,
            keeping: { [count] own in
                own > Self.limitPerPublisher || (count > Self.limit && own > Self.leastPerPublisher)
            })
        if dropped > 0 {
            count -= dropped
            truncated.insert(publisher)
        }
    }

    /// Takes the first claim of the publisher whose turn it is, among those that `allows` lets through.
    package mutating func next(
        where allows: (Publisher) -> Bool = { _ in true }
    ) -> (publisher: Publisher, claim: Claim)? {
        for offset in 0..<turns.count {
            let turn = (nextTurn + offset) % turns.count
            let publisher = turns[turn]
            guard allows(publisher), let claim = waiting[publisher]?.takeFirst() else { continue }
            count -= 1
            if waiting[publisher]?.isEmpty == true {
                waiting[publisher] = nil
                turns.remove(at: turn)
                nextTurn = turns.isEmpty ? 0 : turn % turns.count
            } else {
                nextTurn = (turn + 1) % turns.count
            }
            return (publisher, claim)
        }
        return nil
    }

    /// Whether a claim waits in memory of a publisher that `allows` lets through.
    package func hasClaim(where allows: (Publisher) -> Bool = { _ in true }) -> Bool {
        turns.contains(where: allows)
    }

    /// Whether a publisher that `allows` lets through has nothing left in memory, but more in the spool.
    func hasExhausted(where allows: (Publisher) -> Bool) -> Bool {
        !truncated.isEmpty && truncated.contains { waiting[$0] == nil && allows($0) }
    }

    /// Notes that a publisher has claims in the spool that are not here.
    mutating func leaveToSpool(_ publisher: Publisher) {
        truncated.insert(publisher)
    }

    /// The claims of one publisher that are in memory, in no particular order.
    func claims(of publisher: Publisher) -> [Claim] {
        waiting[publisher]?.unordered ?? []
    }

    /// Takes out the claims of a publisher that are `gone` from the spool.
    mutating func remove(of publisher: Publisher, where gone: (Claim) -> Bool) {
        guard let removed = waiting[publisher]?.remove(where: gone), removed > 0 else { return }
        count -= removed
        if waiting[publisher]?.isEmpty == true { removeTurn(of: publisher) }
    }

    private mutating func removeTurn(of publisher: Publisher) {
        waiting[publisher] = nil
        guard let turn = turns.firstIndex(of: publisher) else { return }
        turns.remove(at: turn)
        if turn < nextTurn { nextTurn -= 1 }
        if nextTurn >= turns.count { nextTurn = 0 }
    }

    /// Takes a publisher that `allows` lets through and that has nothing left in memory, but more in the spool.
    package mutating func takeExhausted(where allows: (Publisher) -> Bool = { _ in true }) -> Publisher? {
        guard let publisher = truncated.first(where: { waiting[$0] == nil && allows($0) }) else { return nil }
        truncated.remove(publisher)
        return publisher
    }
}

extension Publisher {
    fileprivate var order: WaitingClaims.Order { isLimited ? .newestFirst : .oldestFirst }
}

extension WaitingClaims {
    /// Adds a claim, then drops the half that goes last if `isTooMany` of what are there; answers how many were dropped.
    fileprivate mutating func add(_ claim: Claim, keeping isTooMany: (Int) -> Bool) -> Int {
        add(claim)
        return isTooMany(count) ? dropLast(keeping: max(count / 2, ClaimQueue.leastPerPublisher)) : 0
    }
}
