internal import Delivery
internal import Reporting
internal import SystemCalls

extension Collector {
    /// What an operator asks first, in one line.
    var statusLine: String {
        let sinks = delivery.status()
        let now = Clocks.nanosecondsSinceBoot()
        let states = sinks.map { sink in
            switch sink.state {
            case .working where now - min(sink.callingSince ?? now, now) > CollectorBounds.stuckAfter:
                "\(sink.name) stuck in one call"
            case .working: "\(sink.name) ok"
            case .throttled(_, let reason): "\(sink.name) throttled: \(reason)"
            case .failing(_, let reason): "\(sink.name) failing: \(reason)"
            case .closed(let reason): "\(sink.name) closed: \(reason)"
            }
        }
        let heldBack = held.isEmpty ? "" : " (\(held.count) publishers held by the cap)"
        let polled = watcher.polledCount == 0 ? "" : " and polling \(watcher.polledCount)"
        return "Watching \(watcher.watchedCount)\(polled) directories; accepted \(tally.accepted) events, "
            + "rejected \(tally.rejected), over the cap \(tally.overCap); \(spool.use.total.files) files waiting\(heldBack); "
            + states.joined(separator: ", ")
    }
}
