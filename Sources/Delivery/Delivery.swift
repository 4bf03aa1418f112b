package import Reporting
package import SystemPackage

/// Hands batches to every sink, each on a thread of its own, and tells when all of them have acknowledged one.
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
    }

    /// Prepares the sinks; nothing runs before ``start()``.
    ///
    /// `progressed` is called on a sink's thread whenever a receipt waits or a sink closed for good.
    package init(sinks: [any Sink], notices: NoticeLog, progressed: @escaping @Sendable () -> Void) {}

    /// Starts the sinks' threads.
    package func start() throws(Errno) {}

    /// Queues a batch for every sink.
    ///
    /// Never blocks; the caller bounds what is in flight.
    package func submit(_ batch: DeliveryBatch) {}

    /// The receipts since the last call, in the order of completion.
    package func takeReceipts() -> [DeliveryReceipt] { [] }

    /// The state of each sink, in the order of configuration.
    package func status() -> [SinkStatus] { [] }

    /// Tells the sinks to give up waiting and retrying: batches that are not finished stay unacknowledged.
    package func stop() {}
}
