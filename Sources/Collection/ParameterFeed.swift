internal import Synchronization
package import TelemetryEvents

/// The common parameters on their way from whoever learns them to the collector's thread.
///
/// May be used from any thread.
package final class ParameterFeed: Sendable {
    struct State: Sendable {
        var parameters: CommonParameters
        /// Nothing more is worth waiting for at the start.
        var isSettled = false
    }

    private let state: Mutex<State>
    private let wakeUp: WakeUp

    /// A feed of what is known by now; each change wakes the collector.
    package init(_ parameters: CommonParameters, wakeUp: WakeUp) {
        state = Mutex(State(parameters: parameters))
        self.wakeUp = wakeUp
    }

    /// Events that are read from now on carry these.
    package func update(_ parameters: CommonParameters) {
        state.withLock { $0.parameters = parameters }
        wakeUp.signal()
    }

    /// Ends the grace at the start.
    package func settle() {
        state.withLock { $0.isSettled = true }
        wakeUp.signal()
    }

    func latest() -> State {
        state.withLock { $0 }
    }
}
