internal import SystemCalls
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
        /// Past a number of files; so many have to go.
        case files(limit: Int, surplus: Int)
        /// Past a number of bytes; so many files have to go, as large as its files are on average.
        case bytes(limit: Int, surplus: Int)
        /// Claims of before this instant, in nanoseconds since 1970.
        case age(before: UInt64)
    }

    /// More than a limit's excess goes, this part of the limit: so not every claim that comes costs a reading of the directory.
    private static let freedPart = 32

    private(set) var total = Amount()
    private var amounts: [Publisher: Amount] = [:]

    /// What the claims of each extension take that has some.
    var handlers: [(name: FileName, amount: Amount)] {
        amounts.compactMap { publisher, amount in
            if case .handler(let name) = publisher { (name, amount) } else { nil }
        }
    }

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

    /// No claim is older, in nanoseconds since 1970; nil when there is none.
    var oldest: UInt64? { amounts.values.lazy.map(\.oldest).min() }

    /// Takes note that no claim of the publisher is older than `instant`, in nanoseconds since 1970.
    mutating func setOldest(_ instant: UInt64, of publisher: Publisher) {
        amounts[publisher]?.oldest = instant
    }

    /// Whose claims are too many after one came of `publisher`, and by which limit: its own, or those of whoever has most.
    func excess(after publisher: Publisher, _ limits: SpoolLimits) -> (publisher: Publisher, Excess)? {
        let own = self[publisher]
        if own.files > limits.filesPerPublisher {
            return (publisher, Self.files(own.files, limits.filesPerPublisher))
        }
        if own.bytes > limits.bytesPerPublisher {
            return (publisher, Self.bytes(own.bytes, limits.bytesPerPublisher, of: own))
        }
        if total.files > limits.files, let most = amounts.max(by: { $0.value.files < $1.value.files }) {
            return (most.key, Self.files(total.files, limits.files))
        }
        if total.bytes > limits.bytes, let most = amounts.max(by: { $0.value.bytes < $1.value.bytes }) {
            return (most.key, Self.bytes(total.bytes, limits.bytes, of: most.value))
        }
        return nil
    }

    private static func files(_ used: Int, _ limit: Int) -> Excess {
        .files(limit: limit, surplus: used - limit + limit / freedPart)
    }

    private static func bytes(_ used: Int, _ limit: Int, of publisher: Amount) -> Excess {
        let average = max(publisher.bytes / publisher.files, 1)
        return .bytes(limit: limit, surplus: (used - limit + limit / freedPart) / average + 1)
    }

    /// The publishers that may have claims of before `instant`, in nanoseconds since 1970.
    func publishers(before instant: UInt64) -> [Publisher] {
        amounts.filter { $0.value.oldest < instant }.map(\.key)
    }
}
