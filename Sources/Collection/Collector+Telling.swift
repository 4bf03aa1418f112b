internal import Delivery
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
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
        let receivers = reportReceivers
        if !receivers.isEmpty { submit(news.takeReports(at: now), to: receivers, at: now) }
    }

    /// When something is to be told, in nanoseconds since boot.
    var nextNews: UInt64? {
        // While reports are with the sinks, what comes is counted for the next ones.
        var next = news.nextNotices
        if !reportReceivers.isEmpty, let reports = news.nextReports { next = min(next ?? .max, reports) }
        return next.map { max($0, newsNotBefore) }
    }

    /// Tells what is left to tell, since the work ends.
    func tellLastNews(at now: UInt64) {
        hasToldLast = true
        tellLastNotices(at: now)
        submit(news.takeLastReports(), to: delivery.sinks, at: now)
    }

    func tellLastNotices(at now: UInt64) {
        notices.tellLast(news.takeLastNotices(), now: now)
    }

    /// Who gets reports now: a sink that is down for long must not gather them without end, nor keep them from the others.
    private var reportReceivers: SinkSet {
        if reportsInFlight.count < CollectorBounds.reportsForAll { return delivery.sinks }
        return delivery.sinksWithRoom.subtracting(delivery.pausingSinks)
    }

    /// Hands reports to the sinks; they are no claims, and a crash forgets them.
    private func submit(_ reports: [OwnReport], to sinks: SinkSet, at now: UInt64) {
        guard !reports.isEmpty else { return }
        let day = Clocks.nanosecondsSince1970()
        var batch = DeliveryBatch()
        for report in reports {
            let file = EventFile(
                claim: spool.newID(at: day), source: .telltale, name: nil, modified: Int64(clamping: day),
                common: common)
            reportsInFlight.insert(file.claim)
            batch.add(
                .init(
                    events: [report.event(in: file, version: identity.version)], sinks: sinks,
                    cost: CollectorBounds.bytesPerFile + CollectorBounds.bytesPerEvent))
        }
        delivery.submit(batch)
    }

    // MARK: Counting

    /// Counts a file that was rejected whole, and takes note to tell of it.
    func reportRejectedFile(_ name: FileName, of publisher: Publisher, _ rejection: FileRejection) {
        let reason = rejection.description
        count(for: publisher) { $0.rejectFile(name.description, because: reason) }
        countsChanged()
        var kind = Notice.Kind.fileRejected
        var message = "Failed to process event file \(name): \(reason)"
        if case .notARegularFile = rejection { kind = .notARegularFile }
        if case .oversize(let size, let limit) = rejection {
            kind = .fileSkipped
            message =
                "Skipping file: \(path(of: name, publisher)) as its size is \(size) bytes "
                + "> Max size allowed \(limit) bytes"
        }
        let fault = DropDigest.FileFault(
            kind: kind, name: name.description, code: rejection.name, reason: reason, message: message,
            isForEncoding: rejection.isForEncoding)
        news.dropped(from: publisher) { $0.rejectFile(fault) }
    }

    private func path(of name: FileName, _ publisher: Publisher) -> String {
        switch publisher {
        case .agent: "\(settings.agentEvents ?? "")/\(name)"
        case .handler(let handler): "\(settings.extensionLog ?? "")/\(handler)/events/\(name)"
        }
    }

    /// Changes a publisher's counts.
    func count(for publisher: Publisher, _ change: (inout Tally.Counts) -> Void) {
        switch publisher {
        case .agent: change(&tally.agent)
        case .handler(let name): tally.count(name.description, change)
        }
    }
}
