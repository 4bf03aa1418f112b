package import TelemetryEvents

/// Decides how many events of each claim are admitted, and charges no claim twice.
///
/// `Publisher` names whose window is charged. Pure: it is told the time, and tells what to write down for a restart.
package struct Admissions<Publisher: Hashable & Sendable>: Sendable {
    /// What was decided about a claim: to be written down before an event of it leaves, so that a restart knows.
    package struct Charge: Hashable, Sendable {
        package let publisher: Publisher
        package let claim: ClaimID
        /// How many of the claim's accepted events are admitted by now, in all.
        package let admitted: Int
        /// How many of these were charged at `instant`.
        package let charged: Int
        package let instant: BootInstant

        package init(publisher: Publisher, claim: ClaimID, admitted: Int, charged: Int, instant: BootInstant) {
            self.publisher = publisher
            self.claim = claim
            self.admitted = admitted
            self.charged = charged
            self.instant = instant
        }
    }

    package let limit: RateLimit
    private var windows: [Publisher: SlidingWindow] = [:]
    private var decisions: [ClaimID: Decision] = [:]

    /// What is remembered of a claim.
    private struct Decision: Sendable {
        /// How many of its events were admitted.
        var admitted: Int
        /// Whether these are known to be all that it has.
        var isWhole: Bool
    }

    package init(_ limit: RateLimit) {
        self.limit = limit
    }

    /// How many of a claim's events were admitted earlier; nil for a claim that was never asked about.
    package func admitted(of claim: ClaimID) -> Int? {
        decisions[claim]?.admitted
    }

    /// What is done with the events of a claim that the window does not allow.
    package enum Rest: Sendable {
        /// They are dropped: what was decided about a claim once stays so.
        case dropped
        /// They are held: the claim is asked about again.
        case held
    }

    /// Admits the accepted events of a claim as far as the window allows, and charges those that were not charged before.
    ///
    /// - Returns: the claim's charge after the decision.
    package mutating func admit(
        _ accepted: Int, of claim: ClaimID, from publisher: Publisher, at now: BootInstant, rest: Rest
    ) -> Charge {
        let earlier = decisions[claim]?.admitted
        let isDecided = earlier != nil && rest == .dropped
        let asked = isDecided ? 0 : max(accepted - (earlier ?? 0), 0)
        let charged = windows[publisher, default: SlidingWindow(limit)].admit(asked, at: now)
        let total = min((earlier ?? 0) + charged, accepted)
        decisions[claim] = Decision(admitted: total, isWhole: total == accepted)
        return Charge(publisher: publisher, claim: claim, admitted: total, charged: charged, instant: now)
    }

    /// Takes up a charge that an earlier process wrote down; charges come in the order of their instants.
    package mutating func restore(_ charge: Charge) {
        windows[charge.publisher, default: SlidingWindow(limit)].charge(charge.charged, at: charge.instant)
        decisions[charge.claim] = Decision(admitted: charge.admitted, isWhole: false)
    }

    /// Forgets a claim that is gone; its events stay in the window.
    package mutating func forget(_ claim: ClaimID) {
        decisions[claim] = nil
    }

    /// Forgets a claim of which all was admitted, since whoever keeps it knows that.
    package mutating func forgetIfWhole(_ claim: ClaimID) {
        if decisions[claim]?.isWhole == true { decisions[claim] = nil }
    }

    /// Forgets the claims that are not among those that still wait.
    package mutating func forgetAll(but waiting: Set<ClaimID>) {
        decisions = decisions.filter { waiting.contains($0.key) }
    }

    /// The publishers of which something was admitted of late.
    package var publishers: some Collection<Publisher> { windows.keys }

    /// When the publisher's window has room again; nil when it has now.
    package mutating func nextRoom(for publisher: Publisher, at now: BootInstant) -> BootInstant? {
        windows[publisher]?.nextRoom(at: now)
    }

    /// How many events of the publisher are admitted in the period that ends now.
    package mutating func admitted(from publisher: Publisher, at now: BootInstant) -> Int {
        windows[publisher]?.admitted(at: now) ?? 0
    }

    /// Drops the windows that hold nothing any more.
    package mutating func dropEmptyWindows(at now: BootInstant) {
        for publisher in Array(windows.keys) where windows[publisher]?.isEmpty(at: now) == true {
            windows[publisher] = nil
        }
    }
}
