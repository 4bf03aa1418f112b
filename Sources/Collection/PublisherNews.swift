internal import Reporting

/// What operators are told about each publisher: what was taken at most once a minute, what was left out at most once a
/// period, with the counts of everything in between.
///
/// Pure: it is told the time.
struct PublisherNews {
    /// The least time between two notices of what was taken, in nanoseconds.
    static let collectedInterval: UInt64 = 60_000_000_000

    private struct News {
        var collected = 0
        var collectedNotBefore: UInt64 = 0
        var dropped: [String: Int] = [:]
        var overCap = 0
        var droppedNotBefore: UInt64 = 0

        var due: UInt64? {
            let collectedDue = collected > 0 ? collectedNotBefore : .max
            let droppedDue = dropped.isEmpty && overCap == 0 ? .max : droppedNotBefore
            let due = min(collectedDue, droppedDue)
            return due == .max ? nil : due
        }
    }

    private let cap: Int
    /// The least time between two notices of what was left out, in nanoseconds.
    private let period: UInt64
    private var news: [Publisher: News] = [:]
    /// Publishers with something to tell.
    private var pending: Set<Publisher> = []

    init(cap: Int, period: UInt64) {
        self.cap = cap
        self.period = period
    }

    mutating func collected(_ count: Int, from publisher: Publisher) {
        guard count > 0 else { return }
        news[publisher, default: News()].collected += count
        note(publisher)
    }

    mutating func dropped(_ count: Int, because reason: String, from publisher: Publisher) {
        guard count > 0 else { return }
        news[publisher, default: News()].dropped[reason, default: 0] += count
        note(publisher)
    }

    mutating func overCap(_ count: Int, from publisher: Publisher) {
        guard count > 0 else { return }
        news[publisher, default: News()].overCap += count
        note(publisher)
    }

    /// When something is to be told, in nanoseconds since boot; nil when nothing waits.
    private(set) var nextDue: UInt64?

    private mutating func note(_ publisher: Publisher) {
        pending.insert(publisher)
        guard let due = news[publisher]?.due else { return }
        nextDue = min(nextDue ?? .max, due)
    }

    /// Takes the notices that are due.
    mutating func takeDue(at now: UInt64) -> [Notice] {
        guard let nextDue, nextDue <= now else { return [] }
        var notices: [Notice] = []
        for publisher in pending {
            guard var told = news[publisher], let due = told.due, due <= now else { continue }
            if told.collected > 0, told.collectedNotBefore <= now {
                notices.append(collectedNotice(told.collected, publisher))
                told.collected = 0
                told.collectedNotBefore = now + Self.collectedInterval
            }
            if told.droppedNotBefore <= now, !told.dropped.isEmpty || told.overCap > 0 {
                notices += droppedNotices(told, publisher)
                told.dropped = [:]
                told.overCap = 0
                told.droppedNotBefore = now + period
            }
            news[publisher] = told
            if told.due == nil { pending.remove(publisher) }
        }
        self.nextDue = pending.compactMap { [news] publisher in news[publisher]?.due }.min()
        return notices
    }

    private func collectedNotice(_ count: Int, _ publisher: Publisher) -> Notice {
        Notice(
            .collected, about: publisher.description, "Collected \(count) events \(whose(publisher, "extension"))",
            fields: publisher.noticeFields + [("TELLTALE_COUNT", String(count))])
    }

    private func whose(_ publisher: Publisher, _ extensionWord: String) -> String {
        switch publisher {
        case .handler(let name): "for \(extensionWord): \(name)"
        case .agent: "for the VM agent"
        }
    }

    private func droppedNotices(_ news: News, _ publisher: Publisher) -> [Notice] {
        var notices: [Notice] = []
        if !news.dropped.isEmpty {
            let lines = news.dropped.sorted { $0.key < $1.key }
                .map { "\n\tReason: \($0.key); Dropped Count: \($0.value)" }
            notices.append(
                Notice(
                    .eventsRejected, about: publisher.description,
                    "Dropped events \(whose(publisher, "Extension")); Details:" + lines.joined(),
                    fields: publisher.noticeFields + [("TELLTALE_COUNT", String(news.dropped.values.reduce(0, +)))]))
        }
        if news.overCap > 0 {
            notices.append(
                Notice(
                    .capReached, about: publisher.description,
                    "Reached max count for the extension: \(publisher); Max Limit: \(cap). Skipping the rest.",
                    fields: publisher.noticeFields + [("TELLTALE_COUNT", String(news.overCap))]))
        }
        return notices
    }
}
