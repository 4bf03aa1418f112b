import Foundation

/// Work that goes on beside a test, on a thread of its own, until it is done or asked to stop.
package final class BackgroundWork: @unchecked Sendable {
    // Unchecked: `condition` guards all that changes.
    private let condition = NSCondition()
    private var isAskedToStop = false
    private var result: Result<Void, any Error>?

    /// Starts `body`, which looks at `isStopping` if it would go on for ever.
    package init(_ body: @escaping @Sendable (BackgroundWork) throws -> Void) {
        let thread = Thread { [self] in
            let result = Result { try body(self) }
            condition.withLock {
                self.result = result
                condition.broadcast()
            }
        }
        thread.start()
    }

    /// Whether the test wants the work to end.
    package var isStopping: Bool { condition.withLock { isAskedToStop } }

    /// Asks the work to end.
    package func stop() {
        condition.withLock { isAskedToStop = true }
    }

    /// Waits for the end, and throws what the work threw.
    package func finish() throws {
        condition.lock()
        defer { condition.unlock() }
        while result == nil {
            guard condition.wait(until: Date(timeIntervalSinceNow: patience)) else {
                throw TestKitError("the work beside the test does not end")
            }
        }
        try result?.get()
    }
}
