internal import SystemCalls

/// What became of an exchange, told by the event loop to the thread that waits for it.
final class ExchangeOutcome: Sendable {
    private let result = Monitor<Result<HTTPAnswer, HTTPFailure>?>(nil)

    /// Tells the outcome; called once.
    func tell(_ result: Result<HTTPAnswer, HTTPFailure>) {
        self.result.withLock { $0 = result }
        self.result.wake()
    }

    /// Waits for the outcome; nil when there is none in time.
    func wait(atMost time: Duration) -> Result<HTTPAnswer, HTTPFailure>? {
        result.wait(atMost: time) { $0 }
    }
}
