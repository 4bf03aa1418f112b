internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// One sink's thread with its queue: it delivers batch after batch, for as long as each takes.
final class DeliveryLane: Sendable {
    /// What crosses between the lane's thread and the others.
    struct Inbox: Sendable {
        fileprivate(set) var isStopping = false
        /// The thread has returned, or was never started.
        fileprivate(set) var hasEnded = true
        fileprivate var queue = LaneQueue()
        fileprivate var health = SinkHealth()
        fileprivate var delivered = 0
        fileprivate var refused = 0
        fileprivate var callingSince: UInt64?
    }

    /// What the owner is told.
    enum Progress: Sendable {
        case finished([LaneQueue.FinishedBatch])
        /// The sink began to fail, works again, or is closed for good: ``DeliveryLane/status()`` says which.
        case healthChanged
    }

    /// What the lane's thread does next.
    private enum Step {
        case deliver(ArraySlice<TelemetryEvent>)
        /// Batches without events need no sink.
        case skip
        case end
    }

    /// The first delay after a failure is at most this long.
    private static let firstRetry: Duration = .milliseconds(500)
    /// No delay is longer, but for what the destination itself asks for.
    private static let longestRetry: Duration = .seconds(60)
    /// A sink that fails and recovers all the time is told of this often, in nanoseconds.
    private static let noticePeriod: UInt64 = 60_000_000_000

    private let sink: any Sink
    private let inbox = Monitor(Inbox())
    private let time: LaneTime
    private let notices: NoticeLog
    /// Called on the lane's thread, without a lock.
    private let report: @Sendable (Progress) -> Void

    init(to sink: any Sink, time: LaneTime, notices: NoticeLog, report: @escaping @Sendable (Progress) -> Void) {
        self.sink = sink
        self.time = time
        self.notices = notices
        self.report = report
    }

    func start() throws(Errno) {
        inbox.withLock { $0.hasEnded = false }
        do {
            try Thread(named: "sink-\(sink.name)") { [self] in run() }.detach()
        } catch {
            inbox.withLock { $0.hasEnded = true }
            throw error
        }
    }

    /// Queues a batch; a closed lane lets it go, for it will never be acknowledged.
    func submit(_ batch: DeliveryBatch) {
        let hasToWake = inbox.withLock { inbox in
            if case .closed = inbox.health.state { return false }
            // The lane waits for a batch only while it has none.
            let wasEmpty = inbox.queue.isEmpty
            inbox.queue.append(batch)
            return wasEmpty
        }
        if hasToWake { inbox.wake() }
    }

    func stop() {
        inbox.withLock { $0.isStopping = true }
        inbox.wake()
    }

    /// Waits until the thread has returned; false when a call to the sink holds it longer.
    func hasEnded(within timeout: Duration) -> Bool {
        inbox.wait(atMost: timeout) { $0.hasEnded ? () : nil } != nil
    }

    func status() -> Delivery.SinkStatus {
        inbox.withLock {
            Delivery.SinkStatus(
                name: sink.name, delivered: $0.delivered, refused: $0.refused, state: $0.health.state,
                callingSince: $0.callingSince)
        }
    }

    private func run() {
        var schedule = RetrySchedule(first: Self.firstRetry, longest: Self.longestRetry)
        var generator = SystemRandomNumberGenerator()
        loop: while true {
            switch nextStep() {
            case .end: break loop
            case .skip: report(.finished(inbox.withLock { $0.queue.finish(0) }))
            case .deliver(let events):
                let outcome = sink.deliver(events)
                take(outcome, of: events)
                if outcome.finished > 0 { schedule.reset() }
                switch outcome.rest {
                case .none: schedule.reset()
                case .paced(let delay): time.pause(delay, inbox)
                case .throttled(let after, _), .retry(let after, _):
                    time.pause(schedule.next(atLeast: after, using: &generator), inbox)
                case .closed: break loop
                }
            }
        }
        inbox.withLock { $0.hasEnded = true }
        inbox.wake()
    }

    private func nextStep() -> Step {
        let now = time.now
        return inbox.wait { inbox in
            if inbox.isStopping { return .end }
            if inbox.queue.isEmpty { return nil }
            let events = inbox.queue.next()
            if events.isEmpty { return .skip }
            inbox.callingSince = now()
            return .deliver(events)
        }
    }

    private func take(_ outcome: DeliveryOutcome, of events: ArraySlice<TelemetryEvent>) {
        let now = time.now()
        // Our own reports are no events that anybody has to account for.
        let own = events.prefix(outcome.finished).count { $0.file.isOwnReport }
        let refused = outcome.refused.count { !$0.event.file.isOwnReport }
        let (batches, change) = inbox.withLock { inbox in
            inbox.callingSince = nil
            inbox.delivered += outcome.finished - own - refused
            inbox.refused += refused
            let batches = inbox.queue.finish(outcome.finished, refused: outcome.refused)
            let change: SinkHealth.Change?
            switch outcome.rest {
            case .none:
                precondition(outcome.finished == events.count, "A sink that leaves no rest has finished all events.")
                change = inbox.health.succeeded(now: now)
            case .paced: change = nil
            case .throttled(_, let reason), .retry(_, let reason):
                change = inbox.health.failed(reason: reason, now: now)
            case .closed(let reason):
                change = inbox.health.closed(reason: reason)
                inbox.queue = LaneQueue()
            }
            return (batches, change)
        }
        if let change { tell(change, now: now) }
        if !batches.isEmpty { report(.finished(batches)) }
        if change != nil { report(.healthChanged) }
    }

    private func tell(_ change: SinkHealth.Change, now: UInt64) {
        let name = sink.name
        switch change {
        case .failing(let reason):
            let notice = Notice(
                .sinkFailing, about: name,
                "The sink \(name) does not take events; they are kept and tried again: \(reason)",
                fields: [("TELLTALE_SINK", name), ("TELLTALE_REASON", reason)])
            notices.tell(notice, every: Self.noticePeriod, now: now)
        case .recovered(let nanoseconds):
            let seconds = Duration.nanoseconds(nanoseconds).components.seconds
            let notice = Notice(
                .sinkRecovered, about: name, "The sink \(name) takes events again, after \(seconds) s",
                fields: [("TELLTALE_SINK", name), ("TELLTALE_SECONDS", String(seconds))])
            notices.tell(notice, every: Self.noticePeriod, now: now)
        case .closed(let reason):
            let notice = Notice(
                .sinkClosed, about: name,
                "The sink \(name) is closed for good; its events stay in the spool: \(reason)",
                fields: [("TELLTALE_SINK", name), ("TELLTALE_REASON", reason)])
            notices.tell(notice, now: now)
        }
    }
}
