import ProgramTestKit
import Reporting
import SystemCalls
import Testing

@testable import Collection

private let acme = Publisher.handler("Acme")
private let minute = PublisherNews.collectedInterval

extension Notice {
    /// How many events it is about.
    fileprivate var count: Int {
        fields.first { $0.name == "TELLTALE_COUNT" }.flatMap { Int($0.value) } ?? 0
    }
}

/// The notices due at `now`, as kind, message and count.
private func due(_ news: inout PublisherNews, at now: UInt64) -> [String] {
    news.takeDue(at: now).map { notice in
        "\(notice.kind) \(notice.count) \(notice.message)"
    }
}

@Test func whatWasTakenIsToldAtOnceAndThenOnceAMinuteWithAllInBetween() {
    var news = PublisherNews(cap: 360, period: 5 * minute)
    #expect(news.nextDue == nil)
    news.collected(3, from: acme)
    #expect(due(&news, at: 1) == ["collected 3 Collected 3 events for extension: Acme"])
    for count in 1...10 { news.collected(count, from: acme) }
    news.collected(0, from: acme)
    #expect(news.nextDue == 1 + minute)
    #expect(due(&news, at: minute).isEmpty)
    #expect(due(&news, at: 1 + minute) == ["collected 55 Collected 55 events for extension: Acme"])
    #expect(news.nextDue == nil)
    #expect(due(&news, at: 100 * minute).isEmpty)
}

@Test func whatWasLeftOutIsToldOnceAPeriodWithExactCounts() {
    var news = PublisherNews(cap: 360, period: 300)
    news.dropped(2, because: "B", from: acme)
    news.dropped(1, because: "A", from: acme)
    news.dropped(5, because: "B", from: acme)
    let first =
        "Dropped events for Extension: Acme; Details:\n\tReason: A; Dropped Count: 1\n\tReason: B; Dropped Count: 7"
    #expect(due(&news, at: 10) == ["eventsRejected 8 \(first)"])
    news.overCap(9, from: acme)
    news.dropped(1, because: "A", from: acme)
    news.overCap(1, from: acme)
    #expect(due(&news, at: 309).isEmpty)
    #expect(
        due(&news, at: 310) == [
            "eventsRejected 1 Dropped events for Extension: Acme; Details:\n\tReason: A; Dropped Count: 1",
            "capReached 10 Reached max count for the extension: Acme; Max Limit: 360. Skipping the rest.",
        ])
    #expect(news.nextDue == nil)
}

@Test func theTwoKindsOfNewsHaveTimesOfTheirOwn() {
    var news = PublisherNews(cap: 1, period: 3 * minute)
    news.collected(1, from: acme)
    news.overCap(1, from: acme)
    #expect(news.takeDue(at: 0).count == 2)
    news.collected(1, from: acme)
    news.overCap(1, from: acme)
    #expect(news.nextDue == minute)
    #expect(news.takeDue(at: minute).map(\.kind) == [.collected])
    #expect(news.nextDue == 3 * minute)
    #expect(news.takeDue(at: 3 * minute).map(\.kind) == [.capReached])
}

@Test func theAgentIsNamed() {
    var news = PublisherNews(cap: 1, period: 1)
    news.collected(4, from: .agent)
    #expect(due(&news, at: 0) == ["collected 4 Collected 4 events for the VM agent"])
}

@Test(arguments: [1, 2, 3] as [UInt64])
func countsAreExactAndNoticesBounded(seed: UInt64) {
    var random = RepeatableRandom(seed: seed)
    let period = 2 * minute
    var news = PublisherNews(cap: 1, period: period)
    var noted: [Notice.Kind: Int] = [:], told: [Notice.Kind: Int] = [:]
    var last: [String: UInt64] = [:]
    var now: UInt64 = 0
    for step in 0...4000 {
        if step == 4000 { now += period }
        let publisher = Publisher.handler(FileName("\(Int.random(in: 0...3, using: &random))".utf8))
        let count = Int.random(in: 0...5, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0:
            news.collected(count, from: publisher)
            noted[.collected, default: 0] += count
        case 1:
            news.dropped(count, because: "\(count)", from: publisher)
            noted[.eventsRejected, default: 0] += count
        default:
            news.overCap(count, from: publisher)
            noted[.capReached, default: 0] += count
        }
        let isDue = news.nextDue.map { $0 <= now } ?? false
        let notices = news.takeDue(at: now)
        #expect(notices.isEmpty == !isDue)
        for notice in notices {
            told[notice.kind, default: 0] += notice.count
            let subject = "\(notice.kind) \(notice.subject)"
            let interval = notice.kind == .collected ? minute : period
            #expect(last[subject].map { now >= $0 + interval } ?? true)
            last[subject] = now
        }
        now += .random(in: 0...minute / 10, using: &random)
    }
    _ = news.takeDue(at: now + period).map {
        told[$0.kind, default: 0] += $0.count
    }
    #expect(told == noted)
    #expect(news.nextDue == nil)
}
