package import Delivery

/// Why a claim may be removed.
package enum Settlement: Sendable {
    /// Every sink has finished with every accepted event of it, the last of them now.
    case acknowledged(DeliveryReceipt)
    /// The same, and an earlier process wrote the last of it down.
    case acknowledgedEarlier
    /// No event of it was accepted: each was rejected or dropped, counted and reported.
    case nothingAccepted
    /// The spool holds too much, or it is too old: counted and told.
    case beyondLimit
}
