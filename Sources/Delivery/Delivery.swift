package import Reporting
internal import Synchronization
package import SystemPackage
package import TelemetryEvents

/// Hands events to sinks, each on a thread of its own, and tells when they have acknowledged all of a claim.
///
/// Each sink has its own queue and budget: one that is full keeps nothing from the others.
package final class Delivery: Sendable {
    /// A sink's state, for status lines and reports.
    package struct SinkStatus: Sendable {
        /// What the sink is doing.
        package enum State: Sendable {
            case working
            /// Since when, in nanoseconds since boot, and why.
            case failing(since: UInt64, reason: String)
            /// The destination takes fewer events for now: since when, and what it said.
            case throttled(since: UInt64, reason: String)
            case closed(reason: String)
        }

        package let name: String
        package let delivered: Int
        package let refused: Int
        package let state: State
        /// Events that it was given and has not finished.
        package let queued: Int
        /// Since when the sink has been busy with one call, in nanoseconds since boot: a reader that reads no more shows here.
        ///
        /// Nil between calls.
        package let callingSince: UInt64?
    }

    /// Events of one claim that a sink has not finished.
    package struct Unfinished: Sendable {
        package let claim: ClaimID
        /// The events' positions in their file.
        package var indices: [Int]
    }

    /// The bytes that are read and not acknowledged, of all sinks together; what comes beyond waits in the spool.
    package static let budget = 4 << 20

    /// All that are configured.
    package let sinks: SinkSet
    /// In the order of configuration.
    package let sinkNames: [String]

    private let lanes: [DeliveryLane]
    private let acknowledgements = Acknowledgements()

    /// Prepares the sinks; nothing runs before ``start()``.
    ///
    /// `progressed` is called on a sink's thread whenever a receipt waits, a sink has room again, or its state changed.
    package convenience init(sinks: [any Sink], notices: NoticeLog, progressed: @escaping @Sendable () -> Void) {
        self.init(sinks: sinks, notices: notices, time: .ofTheMachine, progressed: progressed)
    }

    init(sinks: [any Sink], notices: NoticeLog, time: LaneTime, progressed: @escaping @Sendable () -> Void) {
        let acknowledgements = acknowledgements
        self.sinks = SinkSet(first: sinks.count)
        sinkNames = sinks.map(\.name)
        lanes = sinks.map { sink in
            DeliveryLane(to: sink, budget: Self.budget / sinks.count, time: time, notices: notices) { event in
                switch event {
                case .finished(let events, let leftOut):
                    if acknowledgements.record(events, leftOut: leftOut, by: sink.name) { progressed() }
                case .stateChanged:
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

    /// Queues the parts of a batch for their sinks.
    ///
    /// Never blocks; the caller asks ``sinksWithRoom`` before. All that is handed over of a claim at a time is in one batch.
    package func submit(_ batch: DeliveryBatch) {
        acknowledgements.ledger.withLock { $0.submitted(batch) }
        for (place, lane) in lanes.enumerated() {
            lane.submit(batch.parts.lazy.filter { $0.sinks.contains(SinkSet(place: place)) })
        }
    }

    /// The sinks that may be given more.
    package var sinksWithRoom: SinkSet { sinks(where: \.hasRoom) }

    /// The sinks that let time pass before they try again.
    package var pausingSinks: SinkSet { sinks(where: \.isPausing) }

    /// Whether no sink moves: each lets time pass, or has been in one call since before `instant`, in nanoseconds since boot.
    package func isStalled(since instant: UInt64) -> Bool {
        lanes.allSatisfy { $0.isStalled(since: instant) }
    }

    /// Whether all that is in flight waits for destinations that fail.
    package var isWaitingForRecovery: Bool {
        lanes.allSatisfy { $0.isEmpty || $0.isWaitingForRecovery }
    }

    private func sinks(where holds: (DeliveryLane) -> Bool) -> SinkSet {
        var found: SinkSet = []
        for (place, lane) in lanes.enumerated() where holds(lane) { found.insert(SinkSet(place: place)) }
        return found
    }

    /// The receipts since the last call, in the order of completion.
    package func takeReceipts() -> [DeliveryReceipt] {
        acknowledgements.ledger.withLock { $0.takeReceipts() }
    }

    /// What sinks will never take without saying which events these are, since the last call.
    package func takeUnnamedRefusals() -> [(sink: String, refusals: UnnamedRefusals)] {
        acknowledgements.ledger.withLock { $0.takeUnnamedRefusals() }
    }

    /// What the sink at a place has not finished, after ``stop()``; what its present call holds is among it.
    package func unfinished(by place: Int) -> [Unfinished] {
        var found: [ClaimID: Unfinished] = [:]
        lanes[place].forEachUnfinished { event in
            found[event.file.claim, default: Unfinished(claim: event.file.claim, indices: [])].indices
                .append(event.index)
        }
        return Array(found.values)
    }

    /// The state of each sink, in the order of configuration.
    package func status() -> [SinkStatus] {
        lanes.map { $0.status() }
    }

    /// Tells the sinks to give up waiting and retrying: what is not finished stays unacknowledged.
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
        func record(
            _ finished: [LaneQueue.FinishedEvents], leftOut: [UnnamedRefusals], by sink: String
        ) -> Bool {
            ledger.withLock { ledger in
                ledger.leftOut(leftOut, by: sink)
                var hasReceipt = false
                for events in finished where ledger.finished(events, by: sink) { hasReceipt = true }
                return hasReceipt
            }
        }
    }
}
