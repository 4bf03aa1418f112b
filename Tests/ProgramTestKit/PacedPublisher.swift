import Foundation

/// A thread that publishes a file of one event after another at a steady pace, in turn for each publisher.
///
/// The messages are `0`, `1`, `2` and so on, and the files bear their numbers.
package final class PacedPublisher: @unchecked Sendable {
    // Unchecked: `lock` guards what the thread shares with the test.
    private let lock = NSCondition()
    private var isStopping = false
    private var hasEnded = false
    private var count = 0
    private var failure: (any Error)?

    /// Starts at once.
    package init(_ publishers: [EventPublisher], filesPerSecond: Int) {
        let thread = Thread { [self] in
            // A deadline that passed is not waited for: on a busy machine the pace is kept on average.
            var due = Date()
            var number = 0
            while true {
                lock.lock()
                let isOver = isStopping || !publish(number, publishers)
                lock.unlock()
                if isOver { break }
                number += 1
                due += 1 / Double(filesPerSecond)
                Thread.sleep(until: due)
            }
            lock.lock()
            hasEnded = true
            lock.broadcast()
            lock.unlock()
        }
        thread.start()
    }

    private func publish(_ number: Int, _ publishers: [EventPublisher]) -> Bool {
        do {
            try publishers[number % publishers.count].publish("\(number).json", EventPublisher.event("\(number)"))
            count += 1
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// How many files were published so far.
    package var published: Int { lock.withLock { count } }

    /// Ends it and answers how many files were published.
    package func stop() throws -> Int {
        lock.lock()
        defer { lock.unlock() }
        isStopping = true
        while !hasEnded { lock.wait() }
        if let failure { throw failure }
        return count
    }
}
