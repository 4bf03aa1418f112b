package import Reporting
internal import Synchronization

/// What others ask of a running collector, on its way to the collector's thread.
///
/// May be used from any thread.
package final class CollectorRequests: Sendable {
    /// A question with the way back of its answer, which is called on the collector's thread.
    package enum Request: Sendable {
        case status(@Sendable (ServiceStatus) -> Void)
        case reload(@Sendable (ReloadOutcome) -> Void)
    }

    /// Requests that may wait.
    private static let most = 32

    private let waiting = Mutex<[Request]>([])
    private let wakeUp: WakeUp

    package init(wakeUp: WakeUp) {
        self.wakeUp = wakeUp
    }

    /// Hands a request over; false when too many wait already.
    package func submit(_ request: Request) -> Bool {
        let isTaken = waiting.withLock { waiting in
            guard waiting.count < Self.most else { return false }
            waiting.append(request)
            return true
        }
        if isTaken { wakeUp.signal() }
        return isTaken
    }

    func take() -> [Request] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
