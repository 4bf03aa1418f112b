package import Delivery
internal import RateLimiting
package import Reporting
package import SystemCalls
package import SystemPackage
package import TelemetryEvents

/// The intake: one thread that waits in the kernel and takes every file from its directory to the sinks and, when all
/// have acknowledged it, out of the spool.
///
/// Everything here runs on the thread that calls ``run(_:observer:)``; others reach it by its ``WakeUp`` and ``CollectorRequests``.
package final class Collector {
    let settings: CollectorSettings
    let spool: Spool
    let delivery: Delivery
    let notices: NoticeLog
    let validator: EventValidator
    /// What every event carries that is read now.
    var common: CommonParameters
    private let feed: ParameterFeed
    let watcher: EventDirectoryWatcher

    var debouncer: Debouncer
    /// Batches that are due and not claimed whole yet.
    var dueBatches: [Debouncer.Batch] = []
    /// How many names of each publisher are in `dueBatches`.
    var dueNames: [Publisher: Int] = [:]
    var awaited = AwaitedFiles()
    /// Files that somebody has read since one pass had seen all that was there; the pass takes some of them.
    var readSincePass: Set<AwaitedFiles.Key> = []
    /// The file whose closing after reading is our own while notifications are read.
    var ownClosing: AwaitedFiles.Key?
    var clockSteps = ClockSteps(day: Clocks.nanosecondsSince1970(), boot: Clocks.nanosecondsSinceBoot())
    /// Directory entries that were refused and stay until they are old enough to be removed.
    var refused: [Publisher: Set<FileName>] = [:]
    /// Publishers whose directory is looked at again after trouble, and when, in nanoseconds since boot.
    var troubled: [Publisher: UInt64] = [:]
    /// How often a file could not be claimed.
    var troubles = 0

    /// Claims that were not processed yet.
    var arrived = ClaimQueue()
    /// Claims whose events are admitted and owed to these sinks, which had no room for them.
    var owed: [SinkSet: ClaimQueue] = [:]
    /// Whose owed claims were served last.
    var lastOwed: SinkSet = []
    /// Whether an owed claim goes before one that came.
    var isOwedNext = false
    /// Claims that the disk would not let go; all are tried again at `unsettledDue`, in nanoseconds since boot.
    var unsettled: [UnsettledClaim] = []
    var unsettledDue: UInt64 = 0
    /// No claims are removed before for being too many, in nanoseconds since boot.
    var evictionNotBefore: UInt64 = 0
    /// How often they were tried again in vain.
    var unsettledRounds = 0
    /// Claims that are tried again, and when, in nanoseconds since boot.
    var deferred: [(due: UInt64, publisher: Publisher, claim: Claim)] = []
    /// Publishers whose spool could not be read, and when to try again, in nanoseconds since boot.
    var unreadableSpools: [Publisher: UInt64] = [:]
    /// The newest claim that an earlier process left: events of those up to it may be with some sink.
    var newestRestored: ClaimID?
    /// How often a claim was found incomplete, for those that were.
    var attempts: [ClaimID: Int] = [:]
    /// Publishers whose window is full and whose events are held, and until when, in nanoseconds since boot.
    var held: [Publisher: UInt64] = [:]
    /// How far the sinks came with claims that not all have finished, where their shelf does not say it.
    var progress: [ClaimID: ClaimProgress] = [:]
    /// Claims that were counted and are read again to be delivered.
    var counted: Set<ClaimID> = []
    var admissions: Admissions<Publisher>
    var ledger: AdmissionLedger

    var inFlight: [ClaimID: InFlightClaim] = [:]
    var fileBuffer = FileBuffer()

    /// The counts since the start.
    package var tally = Tally()
    var news: PublisherNews
    /// Nothing is told before, in nanoseconds since boot: one pass tells all of it at its end.
    var newsNotBefore: UInt64 = 0
    /// Our own reports that are with the sinks.
    var reportsInFlight: Set<ClaimID> = []
    /// Whether what is told at the end of one pass was told.
    var hasToldLast = false
    /// Nil when it cannot be used; rejected files are removed then.
    var rejectedStore: RejectedStore?
    /// Who we are, as a status tells it.
    let identity: ServiceStatus.Process
    private let requests: CollectorRequests
    var claimDelay = DelayHistogram()
    var deliveryDelay = DelayHistogram()

    /// Wakes the collector's thread, from any thread: a receipt waits, or the health of a sink changed.
    private let wakeUp: WakeUp
    private var poller: Poller
    private var timer: DeadlineTimer
    private var watchedDescriptor: CInt?
    private let signals: SignalDescriptor?
    var observer = Observer()
    var mode = Mode.service
    var isReady = false
    /// Why and until when, in nanoseconds since boot, what is in flight is waited for; nil while the work goes on.
    var closing: Closing?
    /// Until when claims wait for common parameters, in nanoseconds since boot; nil when they need not.
    private var graceEnd: UInt64?
    var closedSink: (name: String, reason: String)?
    private var nextRescan: UInt64 = 0
    var nextHeartbeat: UInt64?
    /// The next word to the service manager during a long start, in nanoseconds since boot.
    var nextStartWord: UInt64 = 0
    var toldStatus = ""
    var nextStatus: UInt64 = 0
    var isStatusStale = false

    private static let watcherToken: UInt32 = 1
    private static let wakeToken: UInt32 = 2
    private static let timerToken: UInt32 = 3
    private static let signalToken: UInt32 = 4

    /// Takes up what an earlier process left in the spool.
    ///
    /// - Throws: what the kernel said, when the spool cannot be read or no descriptor is left.
    package init(
        settings: CollectorSettings, spool: Spool, delivery: Delivery, wakeUp: WakeUp, notices: NoticeLog,
        validator: EventValidator, parameters: ParameterFeed, identity: ServiceStatus.Process,
        requests: CollectorRequests, signals: SignalDescriptor?
    ) throws(Errno) {
        self.settings = settings
        self.spool = spool
        self.delivery = delivery
        self.notices = notices
        self.validator = validator
        feed = parameters
        common = parameters.latest().parameters
        self.identity = identity
        self.requests = requests
        self.wakeUp = wakeUp
        self.signals = signals
        watcher = EventDirectoryWatcher(
            roots: .init(extensionLog: settings.extensionLog, agentEvents: settings.agentEvents), notices: notices)
        debouncer = Debouncer(settings.debounce)
        admissions = Admissions(settings.limit)
        news = PublisherNews(cap: settings.limit.cap, period: settings.limit.period)
        poller = try Poller()
        timer = try DeadlineTimer()
        var contents = AdmissionLedger.Contents()
        ledger = try AdmissionLedger.open(
            in: spool.root, bootID: Machine.bootID(), period: settings.limit.period,
            now: BootInstant(nanoseconds: Clocks.nanosecondsSinceBoot()), contents: &contents)
        try poller.add(wakeUp.descriptor, token: Self.wakeToken)
        try poller.add(timer.descriptor.rawValue, token: Self.timerToken)
        if let signals { try poller.add(signals.descriptor.rawValue, token: Self.signalToken) }
        try restore(contents)
        openRejectedStore()
    }

    /// Works until the mode's end.
    ///
    /// - Throws: what the kernel said, when it can no longer be waited on.
    package func run(_ mode: Mode, observer: Observer) throws(Errno) -> Ending {
        self.mode = mode
        self.observer = observer
        let start = Clocks.nanosecondsSinceBoot()
        nextRescan = start + settings.rescanInterval
        if mode == .onePass { newsNotBefore = start + settings.limit.period }
        nextHeartbeat = observer.heartbeatInterval.map { _ in start }
        graceEnd = start + settings.parameterGrace
        nextStartWord = start + settings.startWordInterval
        takeParameters()
        watcher.rescan()
        while true {
            try watchDescriptorOfWatcher()
            let hasWork = hasWork
            try timer.arm(at: hasWork ? nil : nextDue)
            for token in try poller.wait(hasWork ? .look : .untilSomethingHappens) {
                answer(token)
            }
            turn(at: Clocks.nanosecondsSinceBoot())
            let now = Clocks.nanosecondsSinceBoot()
            if let ending = ending(at: now) {
                tellLastNotices(at: now)
                let left = leaveUnfinished()
                tellLastNotices(at: now)
                notices.tellAllLeftOut()
                if case .left = ending { return left > 0 ? .left(claims: left) : .complete }
                return ending
            }
        }
    }

    private func answer(_ token: UInt32) {
        let now = Clocks.nanosecondsSinceBoot()
        switch token {
        case Self.watcherToken: hear(at: now)
        case Self.wakeToken:
            wakeUp.reset()
            countsChanged()
            takeParameters()
            closedSink = findClosedSink()
            answer(requests.take(), at: now)
        case Self.timerToken: timer.reset()
        case Self.signalToken: answerSignals(at: now)
        default: break
        }
    }

    /// Takes what was learnt since; events read from now on carry it.
    private func takeParameters() {
        let latest = feed.latest()
        common = latest.parameters
        if latest.isSettled { graceEnd = nil }
    }

    private func answerSignals(at now: UInt64) {
        while let signal = signals?.next() {
            switch signal {
            case .terminate, .interrupt: stop(at: now)
            case .hangUp: _ = reload(at: now)
            // Nobody reads them for a service.
            case .windowChange, .pause: continue
            }
        }
    }

    /// Whether one pass has seen all that was there at its beginning.
    var isPassComplete: Bool { mode == .onePass && isReady }

    /// A bounded part of everything that can be done now.
    private func turn(at now: UInt64) {
        if !isClosing {
            watcher.pollIfDue(now: now)
            if now >= nextRescan {
                nextRescan = now + settings.rescanInterval
                watcher.rescan()
                countsChanged()
                forgetRefusedThatAreGone()
                notices.tellLeftOut()
                admissions.dropEmptyWindows(at: BootInstant(nanoseconds: now))
                news.forgetQuiet(at: now)
                spool.forgetHandlers(but: watcher.handlers)
                expireRejected(at: now)
                expireClaims(at: now)
            }
            let polledBefore = watcher.polledCount
            watcher.work(now: now) { take($0, at: now) }
            if watcher.polledCount != polledBefore { countsChanged() }
            claimDue(at: now)
        }
        settleReceipts(at: now)
        settleUnsettled(at: now)
        if let end = graceEnd, now >= end { graceEnd = nil }
        if !isClosing, graceEnd == nil { process(at: now) }
        if !isClosing { tellNews(at: now) }
        watcher.readOwnNotifications(now: now) { take($0, at: now) }
        reportProgress(at: now)
        if mode == .onePass, !hasToldLast, isPassOver { tellLastNews(at: now) }
    }

    /// Whether there is something to do without waiting for anything.
    private var hasWork: Bool {
        if isClosing { return false }
        return watcher.hasWork || !dueBatches.isEmpty || (graceEnd == nil && canProcess)
    }

    /// The next instant at which something is to be done, in nanoseconds since boot.
    private var nextDue: UInt64? {
        var earliest: UInt64?
        // An array of them would be allocated for every event.
        func consider(_ due: UInt64?) {
            guard let due else { return }
            earliest = min(earliest ?? .max, due)
        }
        consider(nextHeartbeat)
        consider(closing?.deadline)
        if !unsettled.isEmpty { consider(unsettledDue) }
        if isStatusStale { consider(nextStatus) }
        if isClosing { return earliest }
        consider(nextNews)
        consider(debouncer.nextDue)
        consider(awaited.nextDue)
        consider(watcher.nextDue)
        consider(nextRescan)
        consider(graceEnd)
        consider(troubled.values.min())
        consider(deferred.lazy.map(\.due).min())
        consider(held.values.min())
        consider(unreadableSpools.values.min())
        consider(nextStall)
        return earliest
    }

    /// Takes note that the counts changed, so that the next status line is due.
    func countsChanged() {
        isStatusStale = true
    }

    /// The watcher's descriptor comes when the kernel has an instance for us, which may be later.
    private func watchDescriptorOfWatcher() throws(Errno) {
        guard watcher.descriptor != watchedDescriptor, let descriptor = watcher.descriptor else { return }
        try poller.add(descriptor, token: Self.watcherToken)
        watchedDescriptor = descriptor
    }
}
