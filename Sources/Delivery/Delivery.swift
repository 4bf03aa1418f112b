package import Reporting
internal import Synchronization
package import SystemPackage
internal import TelemetryEvents

/// Hands batches to every sink, each on a thread of its own, and tells when all of them have acknowledged one.
///
/// Without sinks nothing is ever acknowledged.
package final class Delivery: Sendable {
    /// A sink's state, for status lines and reports.
    package struct SinkStatus: Sendable {
        /// What the sink is doing.
        package enum State: Sendable {
            case working
            /// Since when, in nanoseconds since boot, and why.
            case failing(since: UInt64, reason: String)
            case closed(reason: String)
        }

        package let name: String
        package let delivered: Int
        package let refused: Int
        package let state: State
        /// Since when the sink has been busy with one call, in nanoseconds since boot: a reader that reads no more shows here.
        ///
        /// Nil between calls.
        package let callingSince: UInt64?
    }

    private let lanes: [DeliveryLane]
    private let acknowledgements = Acknowledgements()

    /// Prepares the sinks; nothing runs before ``start()``.
    ///
    /// `progressed` is called on a sink's thread whenever a receipt waits, or a sink began to fail, works again or closed
    /// for good.
    package convenience init(sinks: [any Sink], notices: NoticeLog, progressed: @escaping @Sendable () -> Void) {
        self.init(sinks: sinks, notices: notices, time: .ofTheMachine, progressed: progressed)
    }

    init(sinks: [any Sink], notices: NoticeLog, time: LaneTime, progressed: @escaping @Sendable () -> Void) {
        let acknowledgements = acknowledgements
        lanes = sinks.map { sink in
            DeliveryLane(to: sink, time: time, notices: notices) { event in
                switch event {
                case .finished(let batches):
                    if acknowledgements.record(batches, by: sink.name) { progressed() }
                case .healthChanged:
                    progressed()
                }
            }
        }
    }

    /// The lanes' threads end after their present call; nothing waits for them.
    deinit { stop() }

    /// Starts the sinks' threads; once.
    package func start() throws(Errno) {
        for lane in lanes { try lane.start() }
    }

    /// Queues a batch for every sink.
    ///
    /// Never blocks; the caller bounds what is in flight.
    package func submit(_ batch: DeliveryBatch) {
        acknowledgements.ledger.withLock { $0.submitted(batch.number, sinks: lanes.count) }
        for lane in lanes { lane.submit(batch) }
    }

    /// The receipts since the last call, in the order of completion.
    package func takeReceipts() -> [DeliveryReceipt] {
        acknowledgements.ledger.withLock { $0.takeReceipts() }
    }

    /// The state of each sink, in the order of configuration.
    package func status() -> [SinkStatus] {
        lanes.map { $0.status() }
    }

    /// Tells the sinks to give up waiting and retrying: batches that are not finished stay unacknowledged.
    package func stop() {
        for lane in lanes { lane.stop() }
    }

    /// Waits, after ``stop()``, until every sink's present call has returned; false when one takes longer than `timeout`.
    ///
    /// A process that ends later than that tears no line of its output.
    package func hasEnded(within timeout: Duration) -> Bool {
        let end = ContinuousClock.now + timeout
        return lanes.allSatisfy { $0.hasEnded(within: end - .now) }
    }

    /// The ledger, shared with the lanes, which outlive a `Delivery` that is let go while a sink blocks.
    private final class Acknowledgements: Sendable {
        let ledger = Mutex(AcknowledgementLedger())

        /// Whether a receipt came of it.
        func record(_ batches: [LaneQueue.FinishedBatch], by sink: String) -> Bool {
            ledger.withLock { ledger in
                var hasReceipt = false
                for batch in batches where ledger.finished(batch.number, by: sink, refused: batch.refused) {
                    hasReceipt = true
                }
                return hasReceipt
            }
        }
    }
}
