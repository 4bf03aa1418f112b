internal import TelemetryEvents

/// What the claims in the spool take, by publisher; pure.
struct SpoolUse: Sendable {
    /// What some claims take together.
    struct Amount: Hashable, Sendable {
        var files = 0
        var bytes = 0
        /// No claim is older, in nanoseconds since 1970; the youngest instant when there is none.
        var oldest = UInt64.max

        /// What a file counts at the most, in bytes: a larger one is rejected unread, however large it says that it is.
        private static let largestCounted = ValidationLimits().fileSize

        fileprivate mutating func add(_ claim: Claim) {
            files += 1
            bytes += Self.counted(claim)
            oldest = min(oldest, claim.id.time)
        }

        fileprivate mutating func remove(_ claim: Claim) {
            files -= 1
            bytes = max(bytes - Self.counted(claim), 0)
        }

        private static func counted(_ claim: Claim) -> Int { min(claim.size ?? 0, largestCounted) }
    }

    /// What is too much of a publisher's claims.
    enum Excess: Hashable, Sendable {
        /// More files, or bytes, than the limit.
        case files(limit: Int)
        case bytes(limit: Int)
        /// Claims of before this instant, in nanoseconds since 1970.
        case age(before: UInt64)
    }

    private(set) var total = Amount()
    private var amounts: [Publisher: Amount] = [:]

    /// What a publisher's claims take.
    subscript(publisher: Publisher) -> Amount { amounts[publisher] ?? Amount() }

    mutating func add(_ claim: Claim, of publisher: Publisher) {
        total.add(claim)
        amounts[publisher, default: Amount()].add(claim)
    }

    /// Takes out a claim that was added.
    mutating func remove(_ claim: Claim, of publisher: Publisher) {
        guard var amount = amounts[publisher] else { return }
        amount.remove(claim)
        total.remove(claim)
        // A file that grew after it was counted leaves a rest, which goes with the last one.
        if amount.files == 0 { total.bytes = max(total.bytes - amount.bytes, 0) }
        amounts[publisher] = amount.files > 0 ? amount : nil
    }

    /// Takes note that no claim of the publisher is older than `instant`, in nanoseconds since 1970.
    mutating func setOldest(_ instant: UInt64, of publisher: Publisher) {
        amounts[publisher]?.oldest = instant
    }

    /// Whose claims are too many after one came of `publisher`, and by which limit: its own, or those of whoever has most.
    func excess(after publisher: Publisher, _ limits: SpoolLimits) -> (publisher: Publisher, Excess)? {
        let own = self[publisher]
        if own.files > limits.filesPerPublisher { return (publisher, .files(limit: limits.filesPerPublisher)) }
        if own.bytes > limits.bytesPerPublisher { return (publisher, .bytes(limit: limits.bytesPerPublisher)) }
        if total.files > limits.files, let most = amounts.max(by: { $0.value.files < $1.value.files }) {
            return (most.key, .files(limit: limits.files))
        }
        if total.bytes > limits.bytes, let most = amounts.max(by: { $0.value.bytes < $1.value.bytes }) {
            return (most.key, .bytes(limit: limits.bytes))
        }
        return nil
    }

    /// The publishers that may have claims of before `instant`, in nanoseconds since 1970.
    func publishers(before instant: UInt64) -> [Publisher] {
        amounts.filter { $0.value.oldest < instant }.map(\.key)
    }
}
