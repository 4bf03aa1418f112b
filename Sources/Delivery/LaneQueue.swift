internal import TelemetryEvents

/// The batches that one sink has not finished, in order, with how far it came.
struct LaneQueue: Sendable {
    /// A batch that the sink has finished.
    struct FinishedBatch: Sendable {
        let number: UInt64
        let refused: [RefusedEvent]
    }

    /// Small batches that wait are handed over together, up to about this many events: a sink pays for each call
    /// (a request, a synchronised file), not for each event.
    static let togetherAtMost = 1024

    private var batches: [DeliveryBatch] = []
    /// The first batch that is not finished; those before it are removed now and then.
    private var head = 0
    /// The events of that batch which are finished.
    private var finishedOfHead = 0
    private var refusedOfHead: [RefusedEvent] = []

    var isEmpty: Bool { head == batches.count }

    mutating func append(_ batch: DeliveryBatch) {
        batches.append(batch)
    }

    /// The events to deliver next; empty when batches without events, or none, wait.
    func next() -> ArraySlice<TelemetryEvent> {
        guard !isEmpty else { return [] }
        let rest = batches[head].events[finishedOfHead...]
        guard rest.count < Self.togetherAtMost, head + 1 < batches.count else { return rest }
        var together = rest
        for batch in batches[(head + 1)...] {
            if together.count + batch.events.count > Self.togetherAtMost { break }
            together.append(contentsOf: batch.events)
        }
        return together
    }

    /// Takes out what is finished now that `count` more events are, `refused` among them, in order.
    mutating func finish(_ count: Int, refused: [RefusedEvent] = []) -> [FinishedBatch] {
        var remaining = count
        var refused = refused[...]
        var finished: [FinishedBatch] = []
        while !isEmpty {
            let batch = batches[head]
            let step = min(remaining, batch.events.count - finishedOfHead)
            takeRefused(&refused, among: batch.events[finishedOfHead..<(finishedOfHead + step)])
            finishedOfHead += step
            remaining -= step
            guard finishedOfHead == batch.events.count else { break }
            finished.append(FinishedBatch(number: batch.number, refused: refusedOfHead))
            head += 1
            finishedOfHead = 0
            refusedOfHead = []
        }
        precondition(remaining == 0, "A sink cannot finish more events than it was given.")
        dropFinished()
        return finished
    }

    private mutating func takeRefused(
        _ refused: inout ArraySlice<RefusedEvent>, among events: ArraySlice<TelemetryEvent>
    ) {
        guard !refused.isEmpty else { return }
        for event in events {
            guard let next = refused.first else { return }
            guard next.event.file === event.file, next.event.index == event.index else { continue }
            refusedOfHead.append(next)
            refused.removeFirst()
        }
    }

    /// Keeps the list short without moving it for every batch.
    private mutating func dropFinished() {
        guard head == batches.count || head >= 64 else { return }
        batches.removeFirst(head)
        head = 0
    }
}
