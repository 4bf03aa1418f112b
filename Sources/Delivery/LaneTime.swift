internal import SystemCalls

/// How lanes tell the time and let it pass: the machine's way, or a test's.
struct LaneTime: Sendable {
    /// In nanoseconds since boot.
    var now: @Sendable () -> UInt64
    /// Lets a delay pass, or returns early once the lane is told to stop.
    var pause: @Sendable (Duration, Monitor<DeliveryLane.Inbox>) -> Void

    static let ofTheMachine = LaneTime(
        now: { Clocks.nanosecondsSinceBoot() },
        pause: { delay, inbox in _ = inbox.wait(atMost: delay) { $0.isStopping ? () : nil } })
}
