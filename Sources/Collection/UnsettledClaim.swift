/// A claim of which nothing is owed to anybody any more, and that the disk would not let go.
struct UnsettledClaim {
    let claim: Claim
    let publisher: Publisher
    let settlement: Settlement
}
