internal import Reporting
internal import TelemetryEvents

/// What is told about each publisher, with the counts of everything since it was told last.
///
/// What was left out is told to operators and to the telemetry channel, at most once a period each; what was taken to
/// operators alone, at most once a minute. Pure: it is told the time.
struct PublisherNews {
    /// The least time between two notices of what was taken, in nanoseconds.
    static let collectedInterval: UInt64 = 60_000_000_000
    /// Publishers whose losses are told in one go; the others follow at once.
    private static let tellingsAtOnce = 64

    private struct Collected {
        var count = 0
        var notBefore: UInt64 = 0
    }

    private let cap: Int
    private var collected: [Publisher: Collected] = [:]
    /// Publishers of which something was taken that is not told yet.
    private var untold: Set<Publisher> = []
    private var nextCollected: UInt64?
    private var forOperators: DropDigests
    private var forChannel: DropDigests

    /// `period` is the least time between two tellings of a publisher's losses, in nanoseconds.
    init(cap: Int, period: UInt64) {
        self.cap = cap
        forOperators = DropDigests(period: period)
        forChannel = DropDigests(period: period)
    }

    /// Takes note of events that were accepted.
    mutating func collected(_ count: Int, from publisher: Publisher) {
        guard count > 0 else { return }
        collected[publisher, default: Collected()].count += count
        untold.insert(publisher)
        nextCollected = min(nextCollected ?? .max, collected[publisher, default: Collected()].notBefore)
    }

    /// Takes note of a loss, for both audiences.
    mutating func dropped(from publisher: Publisher, _ change: (inout DropDigest) -> Void) {
        forOperators.note(of: publisher, change)
        forChannel.note(of: publisher, change)
    }

    /// Takes note of an event that a sink refused for good; the telemetry channel is told as of an error of ours.
    mutating func refused(_ refusal: DropDigest.Refusal, from publisher: Publisher, by sink: String) {
        forOperators.note(of: publisher) { $0.refuse(refusal, by: sink) }
        forChannel.note(of: .agent) { $0.countRefused(1, because: refusal.reason) }
    }

    /// Takes note of events that a sink refused without saying which, for the telemetry channel alone.
    mutating func refused(_ count: Int, because reason: String) {
        forChannel.note(of: .agent) { $0.countRefused(count, because: reason) }
    }

    /// When notices are to be told, in nanoseconds since boot; nil when none waits.
    var nextNotices: UInt64? {
        // Asked after every event: an array of both would be allocated each time.
        guard let nextCollected else { return forOperators.nextDue }
        return min(nextCollected, forOperators.nextDue ?? .max)
    }
    /// When reports are to be made, in nanoseconds since boot; nil when none waits.
    var nextReports: UInt64? { forChannel.nextDue }

    /// Takes the notices that are due.
    mutating func takeNotices(at now: UInt64) -> [Notice] {
        takeCollected(at: now)
            + forOperators.takeDue(at: now, atMost: Self.tellingsAtOnce)
            .flatMap { $0.digest.notices(about: $0.publisher, cap: cap) }
    }

    /// Takes the reports that are due.
    mutating func takeReports(at now: UInt64) -> [OwnReport] {
        forChannel.takeDue(at: now, atMost: Self.tellingsAtOnce)
            .flatMap { $0.digest.reports(about: $0.publisher, cap: cap) }
    }

    /// Forgets publishers of whom nothing is to be told, and was not lately.
    mutating func forgetQuiet(at now: UInt64) {
        collected = collected.filter { $0.value.count > 0 || $0.value.notBefore > now }
        forOperators.forgetQuiet(at: now)
        forChannel.forgetQuiet(at: now)
    }

    /// How many publishers it keeps something about, one for each audience.
    var publisherCount: Int { collected.count + forOperators.publisherCount + forChannel.publisherCount }

    /// Takes what is left to tell operators of, due or not: the work ends.
    mutating func takeLastNotices() -> [Notice] {
        let last = untold.map { Self.notice(collected: collected[$0]?.count ?? 0, from: $0) }
        collected = [:]
        untold = []
        nextCollected = nil
        return last + forOperators.takeAll().flatMap { $0.digest.notices(about: $0.publisher, cap: cap) }
    }

    /// Takes what is left to tell the channel, due or not: the work ends.
    mutating func takeLastReports() -> [OwnReport] {
        forChannel.takeAll().flatMap { $0.digest.reports(about: $0.publisher, cap: cap) }
    }

    private mutating func takeCollected(at now: UInt64) -> [Notice] {
        guard let nextCollected, nextCollected <= now else { return [] }
        var notices: [Notice] = []
        var next: UInt64?
        for publisher in untold {
            let told = collected[publisher, default: Collected()]
            guard told.notBefore <= now else {
                next = min(next ?? .max, told.notBefore)
                continue
            }
            notices.append(Self.notice(collected: told.count, from: publisher))
            collected[publisher] = Collected(notBefore: now + Self.collectedInterval)
            untold.remove(publisher)
        }
        self.nextCollected = next
        return notices
    }

    private static func notice(collected count: Int, from publisher: Publisher) -> Notice {
        let whose =
            switch publisher {
            case .handler: "for extension: \(publisher)"
            case .agent: "for the VM agent"
            }
        return Notice(
            .collected, about: publisher.description, "Collected \(count) events \(whose)",
            count: count, fields: publisher.noticeFields)
    }
}
