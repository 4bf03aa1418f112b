internal import Control
internal import Reporting
internal import SystemCalls
internal import SystemPackage

/// Asks a service for its status on a thread of its own, so that a service that does not answer holds nobody up.
final class StatusInquiry: Sendable {
    /// What came of a question.
    enum Answer: Sendable {
        case status(ServiceStatus)
        case failure(ControlFailure)
        /// The answer is no status.
        case unreadable(ServiceStatusError)
    }

    private struct State: Sendable {
        var isAsked = false
        var answer: Answer?
    }

    private let client: ControlClient
    private let state = Monitor(State())
    private let counter: EventCounter

    /// Starts the thread; it ends with the process.
    init(_ client: ControlClient) throws(Errno) {
        self.client = client
        counter = try EventCounter()
        try Thread(named: "inquiry") { [self] in
            while true { answerNext() }
        }.detach()
    }

    /// Becomes readable when an answer is there.
    var descriptor: CInt { counter.descriptor.rawValue }

    /// Asks, unless a question waits for its answer already.
    func ask() {
        state.withLock { $0.isAsked = true }
        state.wake()
    }

    /// The answer that came since, if any.
    func takeAnswer() -> Answer? {
        counter.reset()
        return state.withLock { state in
            defer { state.answer = nil }
            return state.answer
        }
    }

    private func answerNext() {
        state.wait { $0.isAsked ? () : nil }
        let answer = inquire()
        state.withLock { state in
            state.isAsked = false
            state.answer = answer
        }
        counter.signal()
    }

    private func inquire() -> Answer {
        let bytes: [UInt8]
        do throws(ControlFailure) {
            bytes = try client.get("/status")
        } catch {
            return .failure(error)
        }
        do throws(ServiceStatusError) {
            return .status(try ServiceStatus(json: bytes))
        } catch {
            return .unreadable(error)
        }
    }
}
