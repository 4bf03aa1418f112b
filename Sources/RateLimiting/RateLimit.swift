/// How many events of one extension are admitted in any period.
package struct RateLimit: Hashable, Sendable {
    /// The contract's cap (section 1), in events.
    package static let contractCap = 360
    /// The contract's period (section 1), in nanoseconds.
    package static let contractPeriod: UInt64 = 300 * 1_000_000_000

    /// In events; at least 1.
    package let cap: Int
    /// In nanoseconds.
    package let period: UInt64

    package init(cap: Int = contractCap, period: UInt64 = contractPeriod) {
        self.cap = cap
        self.period = period
    }
}
