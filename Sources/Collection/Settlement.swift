package import Delivery

/// Why a claim may be removed.
package enum Settlement: Sendable {
    /// Every sink has finished with every accepted event of it.
    case acknowledged(DeliveryReceipt)
    /// No event of it was accepted: each was rejected or dropped, counted and reported.
    case nothingAccepted
}
