internal import Delivery
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import TelemetryEvents

/// What was taken and what was left out is told: to operators as notices, to the telemetry channel as events of our own.
extension Collector {
    /// Tells what is due.
    func tellNews(at now: UInt64) {
        guard now >= newsNotBefore else { return }
        for notice in news.takeNotices(at: now) {
            let interval = notice.kind == .collected ? PublisherNews.collectedInterval : settings.limit.period
            notices.tell(notice, every: interval, now: now)
        }
        if reportBatch == nil { submit(news.takeReports(at: now), at: now) }
    }

    /// When something is to be told, in nanoseconds since boot.
    var nextNews: UInt64? {
        // While reports are with the sinks, what comes is counted for the next ones.
        let nextReports = reportBatch == nil ? news.nextReports : nil
        guard let next = [news.nextNotices, nextReports].compactMap(\.self).min() else { return nil }
        return max(next, newsNotBefore)
    }

    /// Tells what is left to tell, since the work ends.
    func tellLastNews(at now: UInt64) {
        hasToldLast = true
        tellLastNotices(at: now)
        submit(news.takeLastReports(), at: now)
    }

    func tellLastNotices(at now: UInt64) {
        for notice in news.takeLastNotices() { notices.tell(notice, now: now) }
    }

    /// Hands reports to the sinks; they are no claims, and a crash forgets them.
    private func submit(_ reports: [OwnReport], at now: UInt64) {
        guard !reports.isEmpty else { return }
        let day = Clocks.nanosecondsSince1970()
        let events = reports.map { report in
            let file = EventFile(
                claim: spool.newID(at: day), source: .telltale, name: nil, modified: Int64(clamping: day),
                common: common)
            return report.event(in: file, version: version)
        }
        lastBatch += 1
        reportBatch = lastBatch
        inFlight[lastBatch] = []
        delivery.submit(DeliveryBatch(number: lastBatch, events: events))
    }
}
