import ProgramTestKit
import Reporting
import SystemCalls
import TelemetryEvents
import Testing

@testable import Collection

private let acme = Publisher.handler("Acme")
private let minute = PublisherNews.collectedInterval

/// Two reasons, the first in the order of their words.
private let (first, second) = (Rejection.Code.emptyMessage, Rejection.Code.notAnObject)

/// The notices due at `now`, as kind, count and message.
private func due(_ news: inout PublisherNews, at now: UInt64) -> [String] {
    news.takeNotices(at: now).map { "\($0.kind) \($0.count ?? 0) \($0.message)" }
}

private func fault(
    _ name: String, kind: Notice.Kind = .fileRejected, reason: String = "R", isForEncoding: Bool = false
) -> DropDigest.FileFault {
    .init(
        kind: kind, name: name, code: "FError", reason: reason, message: "Failed \(name): \(reason)",
        isForEncoding: isForEncoding)
}

@Test func whatWasTakenIsToldAtOnceAndThenOnceAMinuteWithAllInBetween() {
    var news = PublisherNews(cap: 360, period: 5 * minute)
    #expect(news.nextNotices == nil)
    news.collected(3, from: acme)
    #expect(due(&news, at: 1) == ["collected 3 Collected 3 events for extension: Acme"])
    for count in 1...10 { news.collected(count, from: acme) }
    news.collected(0, from: acme)
    #expect(news.nextNotices == 1 + minute)
    #expect(due(&news, at: minute).isEmpty)
    #expect(due(&news, at: 1 + minute) == ["collected 55 Collected 55 events for extension: Acme"])
    #expect(news.nextNotices == nil && news.nextReports == nil)
    #expect(due(&news, at: 100 * minute).isEmpty)
}

@Test func whatWasLeftOutIsToldBothAudiencesOnceAPeriodWithExactCounts() {
    var news = PublisherNews(cap: 360, period: 300)
    news.dropped(from: acme) {
        $0.rejectEvents(2, because: second)
        $0.rejectEvents(1, because: first)
    }
    news.dropped(from: acme) { $0.rejectEvents(5, because: second) }
    let beginning =
        "Dropped events for Extension: Acme; Details:\n\tReason: \(first); Dropped Count: 1\n"
        + "\tReason: \(second); Dropped Count: 7"
    #expect(due(&news, at: 10) == ["eventsRejected 8 \(beginning)"])
    #expect(news.takeReports(at: 10) == [.warning(beginning)])
    news.dropped(from: acme) { $0.leaveOut(9) }
    news.dropped(from: acme) { $0.rejectEvents(1, because: first) }
    news.dropped(from: acme) { $0.leaveOut(1) }
    #expect(due(&news, at: 309).isEmpty)
    #expect(news.takeReports(at: 309).isEmpty)
    let sequel = "Dropped events for Extension: Acme; Details:\n\tReason: \(first); Dropped Count: 1"
    let cap = "Reached max count for the extension: Acme; Max Limit: 360. Skipping the rest."
    #expect(due(&news, at: 310) == ["eventsRejected 1 \(sequel)", "capReached 10 \(cap)"])
    #expect(news.nextNotices == nil)
    // The channel had no room until now: it misses nothing.
    news.dropped(from: acme) { $0.rejectEvents(3, because: first) }
    #expect(
        news.takeReports(at: 500) == [
            .warning("Dropped events for Extension: Acme; Details:\n\tReason: \(first); Dropped Count: 4"),
            .warning(cap),
        ])
}

@Test func filesOfOneFaultAreToldTogetherByTheLastOfThem() {
    var news = PublisherNews(cap: 1, period: 300)
    for number in 1...1000 {
        news.dropped(from: acme) { $0.rejectFile(fault("\(number).json")) }
    }
    news.dropped(from: acme) { $0.rejectFile(fault("big.json", kind: .fileSkipped)) }
    let told = [
        "Failed 1000.json: R (of Acme) (the last of 1000 such files)", "Failed big.json: R (of Acme)",
    ]
    #expect(due(&news, at: 0) == ["fileRejected 1000 \(told[0])", "fileSkipped 1 \(told[1])"])
    #expect(news.takeReports(at: 0) == told.map(OwnReport.warning))
}

@Test func whatIsWrongWithTheAgentsEventsIsReportedAsTheAgentReportsIt() {
    var news = PublisherNews(cap: 1, period: 300)
    news.dropped(from: .agent) { $0.rejectEvents(40, because: second) }
    for number in 1...6 {
        news.dropped(from: .agent) { $0.rejectFile(fault("\(number).tld")) }
    }
    news.dropped(from: .agent) { $0.rejectFile(fault("u.tld", reason: "U", isForEncoding: true)) }
    news.refused(.init(event: "1-0", file: nil, reason: "too large"), from: acme, by: "otlp")
    var collected = OwnReport.Errors()
    collected.add(second.description, count: 40)
    for number in 1...6 { collected.add("\(number).tld: R") }
    var decoded = OwnReport.Errors()
    decoded.add("u.tld: U")
    var delivered = OwnReport.Errors()
    delivered.add("too large")
    #expect(collected.count == 46 && collected.reasons.count == 5)
    #expect(
        news.takeReports(at: 0) == [
            .errors(.collect, collected), .errors(.decode, decoded), .errors(.deliver, delivered),
        ])
}

@Test func whatASinkRefusesIsToldOfThePublisherAndTheSinkWithExactCounts() {
    var news = PublisherNews(cap: 1, period: 300)
    for number in 1...9 {
        let refusal = DropDigest.Refusal(event: "1-\(number)", file: "\(number).json", reason: "too large")
        news.refused(refusal, from: acme, by: number < 3 ? "otlp" : "wireserver")
    }
    let notices = news.takeNotices(at: 0)
    #expect(notices.map(\.kind) == [.eventRefused, .eventRefused])
    #expect(notices.map(\.count) == [2, 7])
    #expect(notices.map(\.subject) == ["Acme at otlp", "Acme at wireserver"])
    #expect(
        notices.last?.message
            == "The sink wireserver refused event 1-9 of Acme for good: too large (the last of 7 such events)")
    #expect(
        notices.first?.fields == [
            .handler("Acme"), .sink("otlp"), .event("1-2"), .answer("too large"), .file("2.json"),
        ])
}

@Test func everyLossBearsItsHandlerAndItsReasons() {
    var news = PublisherNews(cap: 1, period: 300)
    news.dropped(from: acme) {
        $0.rejectEvents(1, because: .missingKey(.message))
        $0.rejectEvents(1, because: .missingKey(.version))
        $0.rejectEvents(1, because: first)
        $0.leaveOut(1)
        $0.rejectFile(fault("1.json"))
    }
    let fields = news.takeNotices(at: 0).map(\.fields)
    #expect(
        fields == [
            [.handler("Acme"), .reason("EmptyMessageError"), .reason("MissingKeyError")], [.handler("Acme")],
            [.handler("Acme"), .file("1.json"), .reason("FError")],
        ])
}

@Test func theTwoKindsOfNewsHaveTimesOfTheirOwn() {
    var news = PublisherNews(cap: 1, period: 3 * minute)
    news.collected(1, from: acme)
    news.dropped(from: acme) { $0.leaveOut(1) }
    #expect(news.takeNotices(at: 0).count == 2)
    news.collected(1, from: acme)
    news.dropped(from: acme) { $0.leaveOut(1) }
    #expect(news.nextNotices == minute)
    #expect(news.takeNotices(at: minute).map(\.kind) == [.collected])
    #expect(news.nextNotices == 3 * minute)
    #expect(news.takeNotices(at: 3 * minute).map(\.kind) == [.capReached])
}

@Test func theAgentIsNamed() {
    var news = PublisherNews(cap: 1, period: 1)
    news.collected(4, from: .agent)
    #expect(due(&news, at: 0) == ["collected 4 Collected 4 events for the VM agent"])
}

@Test func whatIsLeftToTellAtTheEndIsToldBeforeItIsDue() {
    var news = PublisherNews(cap: 1, period: 300)
    for _ in 1...2 {
        news.collected(2, from: acme)
        news.dropped(from: acme) { $0.leaveOut(5) }
        _ = news.takeNotices(at: 0)
        _ = news.takeReports(at: 0)
    }
    #expect(news.takeLastNotices().compactMap(\.count).sorted() == [2, 5])
    #expect(news.takeLastReports().count == 1)
    #expect(news.takeLastNotices().isEmpty && news.takeLastReports().isEmpty)
    #expect(news.nextNotices == nil && news.nextReports == nil)
}

@Test func aFloodOfPublishersIsToldInPartsAndThenForgotten() {
    var news = PublisherNews(cap: 1, period: 300)
    for number in 0..<1000 {
        let publisher = Publisher.handler(FileName("\(number)".utf8))
        news.collected(1, from: publisher)
        news.dropped(from: publisher) { $0.leaveOut(1) }
    }
    var calls = 0, warnings = 0
    while news.nextReports != nil {
        let reports = news.takeReports(at: 1)
        calls += 1
        warnings += reports.count
        #expect(reports.count <= 100)
    }
    #expect(warnings == 1000 && calls > 5)
    var notices = 0
    while news.nextNotices != nil { notices += news.takeNotices(at: 1).count }
    #expect(notices == 2000)
    news.forgetQuiet(at: 2)
    #expect(news.publisherCount == 3000)
    news.forgetQuiet(at: 1 + minute)
    #expect(news.publisherCount == 0)
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
        let count = Int.random(in: 1...5, using: &random)
        switch Int.random(in: 0...2, using: &random) {
        case 0:
            news.collected(count, from: publisher)
            noted[.collected, default: 0] += count
        case 1:
            news.dropped(from: publisher) { $0.rejectEvents(count, because: .oversizeEvent(limit: count)) }
            noted[.eventsRejected, default: 0] += count
        default:
            news.dropped(from: publisher) { $0.leaveOut(count) }
            noted[.capReached, default: 0] += count
        }
        let isDue = news.nextNotices.map { $0 <= now } ?? false
        let notices = news.takeNotices(at: now)
        #expect(notices.isEmpty == !isDue)
        for notice in notices {
            told[notice.kind, default: 0] += notice.count ?? 0
            let subject = "\(notice.kind) \(notice.subject)"
            let interval = notice.kind == .collected ? minute : period
            #expect(last[subject].map { now >= $0 + interval } ?? true)
            last[subject] = now
        }
        now += .random(in: 0...minute / 10, using: &random)
    }
    for notice in news.takeLastNotices() { told[notice.kind, default: 0] += notice.count ?? 0 }
    #expect(told == noted)
    #expect(news.nextNotices == nil)
}
