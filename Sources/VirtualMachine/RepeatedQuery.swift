internal import RateLimiting
internal import SystemCalls
internal import SystemPackage

/// Asks one service on a thread of its own: at once, again in its period, and after a failure with growing delays.
final class RepeatedQuery: Sendable {
    /// When the service is asked again.
    struct Pace: Hashable, Sendable {
        /// The first delay after a failure is at most this long.
        var firstRetry: Duration
        /// No delay after a failure is longer.
        var longestRetry: Duration
        /// How long after an answer; nil: not before `askAgain()`.
        var period: Duration?
    }

    /// What crosses between the query's thread and the others.
    struct Inbox: Sendable {
        fileprivate(set) var isStopping = false
        fileprivate(set) var isAskedAgain = false
    }

    /// How the query lets time pass: the machine's way, or a test's.
    ///
    /// It returns after the delay (nil: none ends it), or early when the inbox says so.
    typealias Pause = @Sendable (Duration?, Monitor<Inbox>) -> Void

    private let name: String
    private let pace: Pace
    private let pause: Pause
    private let inbox = Monitor(Inbox())
    /// Called on the query's thread, without a lock.
    private let ask: @Sendable () -> Result<Void, QueryFailure>

    /// A query that is to be started; `ask` asks once and tells whoever it concerns.
    init(
        named name: String, pace: Pace, pause: @escaping Pause = RepeatedQuery.machinePause,
        ask: @escaping @Sendable () -> Result<Void, QueryFailure>
    ) {
        self.name = name
        self.pace = pace
        self.pause = pause
        self.ask = ask
    }

    static let machinePause: Pause = { delay, inbox in
        let find: (inout Inbox) -> Void? = { $0.isStopping || $0.isAskedAgain ? () : nil }
        if let delay { _ = inbox.wait(atMost: delay, for: find) } else { inbox.wait(for: find) }
    }

    func start() throws(Errno) {
        try Thread(named: name) { [self] in run() }.detach()
    }

    /// Asks as soon as the exchange that may be under way is over.
    func askAgain() {
        inbox.withLock { $0.isAskedAgain = true }
        inbox.wake()
    }

    /// Asks no more; an exchange under way is not waited for.
    func stop() {
        inbox.withLock { $0.isStopping = true }
        inbox.wake()
    }

    /// Asks until it is told to stop.
    func run() {
        var schedule = RetrySchedule(first: pace.firstRetry, longest: pace.longestRetry)
        var generator = SystemRandomNumberGenerator()
        while !isStopping {
            inbox.withLock { $0.isAskedAgain = false }
            switch ask() {
            case .success:
                schedule.reset()
                pause(pace.period, inbox)
            case .failure(let failure):
                let delay = schedule.next(using: &generator)
                // One that answers is there: what it says may be usable by its next period.
                let isThere = failure.kind == .unusable
                pause(isThere ? min(delay, pace.period ?? delay) : delay, inbox)
            }
        }
    }

    private var isStopping: Bool { inbox.withLock { $0.isStopping } }
}
