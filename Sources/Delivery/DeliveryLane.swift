internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// One sink's thread with its queue: it delivers what waits, for as long as each call takes.
final class DeliveryLane: Sendable {
    /// What crosses between the lane's thread and the others.
    struct Inbox: Sendable {
        fileprivate(set) var isStopping = false
        /// The thread has returned, or was never started.
        fileprivate(set) var hasEnded = true
        fileprivate var queue: LaneQueue
        fileprivate var health = SinkHealth()
        fileprivate var delivered = 0
        fileprivate var refused = 0
        fileprivate var callingSince: UInt64?
        /// The lane lets time pass before its next call.
        fileprivate var isPausing = false
    }

    /// What the owner is told.
    enum Progress: Sendable {
        case finished([LaneQueue.FinishedEvents], leftOut: [UnnamedRefusals])
        /// There is room again, or the sink pauses, fails, works again or is closed for good: ``DeliveryLane/status()`` says
        /// which.
        case stateChanged
    }

    /// The first delay after a failure is at most this long.
    private static let firstRetry: Duration = .milliseconds(500)
    /// The first delay after a throttling answer that names none is at most this long.
    private static let firstThrottledRetry: Duration = .seconds(2)
    /// No delay is longer, but for what the destination itself asks for.
    private static let longestRetry: Duration = .seconds(60)

    private let sink: any Sink
    private let inbox: Monitor<Inbox>
    /// What the queue may hold, in bytes; a part that is larger goes alone.
    private let budget: Int
    private let time: LaneTime
    private let notices: NoticeLog
    /// Called on the lane's thread, without a lock.
    private let report: @Sendable (Progress) -> Void

    init(
        to sink: any Sink, budget: Int, time: LaneTime, notices: NoticeLog,
        report: @escaping @Sendable (Progress) -> Void
    ) {
        self.sink = sink
        self.budget = budget
        self.time = time
        self.notices = notices
        self.report = report
        inbox = Monitor(Inbox(queue: LaneQueue(grouping: sink.grouping)))
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

    /// Queues events; those of a lane whose sink is closed stay unfinished.
    func submit(_ parts: some Sequence<DeliveryBatch.Part>) {
        let hasToWake = inbox.withLock { inbox in
            // The lane waits for events only while it has none.
            let wasEmpty = inbox.queue.isEmpty
            for part in parts { inbox.queue.append(part) }
            return wasEmpty && !inbox.queue.isEmpty
        }
        if hasToWake { inbox.wake() }
    }

    /// Whether more may be queued.
    var hasRoom: Bool { inbox.withLock { hasRoom(in: $0) } }

    private func hasRoom(in inbox: Inbox) -> Bool { inbox.queue.isEmpty || inbox.queue.cost < budget }

    /// Whether nothing will move before some time has passed.
    var isPausing: Bool { inbox.withLock { $0.isPausing } }

    /// Whether nothing moves: the lane lets time pass, or has been in one call since before `instant`, in nanoseconds since boot.
    func isStalled(since instant: UInt64) -> Bool {
        inbox.withLock { $0.isPausing || $0.callingSince.map { $0 < instant } ?? false }
    }

    /// Whether what waits here waits for a destination that fails.
    var isWaitingForRecovery: Bool {
        inbox.withLock { inbox in
            guard !inbox.queue.isEmpty, inbox.isPausing, case .failing = inbox.health.state else { return false }
            return true
        }
    }

    var isEmpty: Bool { inbox.withLock { $0.queue.isEmpty } }

    func forEachUnfinished(_ body: (TelemetryEvent) -> Void) {
        inbox.withLock { $0.queue.forEachUnfinished(body) }
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
                queued: $0.queue.count, callingSince: $0.callingSince)
        }
    }

    private func run() {
        var retries = RetrySchedule(first: Self.firstRetry, longest: Self.longestRetry)
        var throttling = RetrySchedule(first: Self.firstThrottledRetry, longest: Self.longestRetry)
        var generator = SystemRandomNumberGenerator()
        loop: while let events = nextEvents() {
            let outcome = sink.deliver(events)
            take(outcome, of: events)
            if outcome.finished > 0 {
                retries.reset()
                throttling.reset()
            }
            switch outcome.rest {
            case .none: break
            case .paced(let delay): pause(delay)
            case .throttled(let after, _): pause(throttling.next(atLeast: after, using: &generator))
            case .retry(let after, _): pause(retries.next(atLeast: after, using: &generator))
            case .closed: break loop
            }
        }
        inbox.withLock { $0.hasEnded = true }
        inbox.wake()
    }

    /// Waits for events; nil once the lane is to stop.
    private func nextEvents() -> ArraySlice<TelemetryEvent>? {
        let now = time.now
        return inbox.wait { inbox in
            if inbox.isStopping { return .some(nil) }
            if inbox.queue.isEmpty { return nil }
            inbox.callingSince = now()
            return inbox.queue.next()
        }
    }

    private func pause(_ delay: Duration) {
        inbox.withLock { $0.isPausing = true }
        report(.stateChanged)
        time.pause(delay, inbox)
        inbox.withLock { $0.isPausing = false }
    }

    private func take(_ outcome: DeliveryOutcome, of events: ArraySlice<TelemetryEvent>) {
        let now = time.now()
        // Our own reports are no events that anybody has to account for.
        let own = events.prefix(outcome.finished).count { $0.file.isOwnReport }
        let refused = outcome.refused.count { !$0.event.file.isOwnReport }
        let leftOut = outcome.unnamedRefusals.reduce(0) { $0 + $1.count }
        let (finished, hasChanged, news, hasRoomAgain) = inbox.withLock { inbox in
            inbox.callingSince = nil
            inbox.delivered += max(outcome.finished - own - refused - leftOut, 0)
            inbox.refused += refused + leftOut
            let hadRoom = hasRoom(in: inbox)
            let finished = inbox.queue.finish(outcome.finished, refused: outcome.refused)
            var hasChanged = false
            switch outcome.rest {
            case .none:
                precondition(outcome.finished == events.count, "A sink that leaves no rest has finished all events.")
                hasChanged = inbox.health.succeeded()
            case .paced: hasChanged = outcome.finished > 0 && inbox.health.succeeded()
            case .throttled(_, let reason): hasChanged = inbox.health.throttled(reason: reason, now: now)
            case .retry(_, let reason):
                hasChanged = inbox.health.failed(reason: reason, now: now)
                if outcome.finished == 0 { inbox.queue.postpone() }
            case .closed(let reason):
                hasChanged = inbox.health.closed(reason: reason)
            }
            return (finished, hasChanged, inbox.health.takeNews(now: now), !hadRoom && hasRoom(in: inbox))
        }
        if let news { tell(news, now: now) }
        if !finished.isEmpty { report(.finished(finished, leftOut: outcome.unnamedRefusals)) }
        // A lane that pauses next says so itself.
        if !outcome.rest.isPause, hasChanged || hasRoomAgain { report(.stateChanged) }
    }

    private func tell(_ news: SinkHealth.News, now: UInt64) {
        let name = sink.name
        let notice: Notice
        switch news {
        case .failing(let time, let reason):
            notice = Notice(
                .sinkFailing, about: name,
                "The sink \(name) does not take events\(Self.already(time)); they are kept and tried again: \(reason)",
                fields: [.sink(name), .answer(reason), .seconds(Self.seconds(time))])
        case .throttled(let time, let reason):
            notice = Notice(
                .sinkThrottled, about: name,
                "The sink \(name) takes fewer events for now\(Self.already(time)); they are kept and sent at the pace that it "
                    + "allows: \(reason)",
                fields: [.sink(name), .answer(reason), .seconds(Self.seconds(time))])
        case .recovered(let time):
            notice = Notice(
                .sinkRecovered, about: name, "The sink \(name) takes events again, after \(Self.seconds(time)) s",
                fields: [.sink(name), .seconds(Self.seconds(time))])
        case .closed(let reason):
            notice = Notice(
                .sinkClosed, about: name,
                "The sink \(name) is closed for good; its events stay in the spool: \(reason)",
                fields: [.sink(name), .answer(reason)])
        }
        // Their number is bounded by what knows what was told last.
        notices.tell(notice, now: now)
    }

    private static func seconds(_ nanoseconds: UInt64) -> Int64 { Int64(nanoseconds / 1_000_000_000) }

    /// Says so where a notice comes later than what it is about.
    private static func already(_ nanoseconds: UInt64) -> String {
        seconds(nanoseconds) > 0 ? ", for \(seconds(nanoseconds)) s by now" : ""
    }
}

extension DeliveryOutcome.Rest {
    /// Whether time passes before the next call.
    fileprivate var isPause: Bool {
        switch self {
        case .paced, .throttled, .retry: true
        case .none, .closed: false
        }
    }
}
