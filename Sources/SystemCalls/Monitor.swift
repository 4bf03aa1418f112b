internal import Glibc

/// A value behind a lock, with threads that wait until it holds what they look for.
///
/// A waiting thread costs nothing: it is woken by ``wake()`` and, where it asked for one, by its timeout. The timeout is
/// measured on CLOCK_MONOTONIC, so that nobody shortens it by setting the clock.
///
/// The compiler cannot see that the lock guards `state`; every access in this file holds it.
package final class Monitor<State: Sendable>: @unchecked Sendable {
    // On the heap by hand, because a pthread object must never move.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var state: State

    package init(_ state: State) {
        self.state = state
        lock = .allocate(capacity: 1)
        changed = .allocate(capacity: 1)
        // None of these fails on Linux for a valid address and a clock that exists.
        pthread_mutex_init(lock, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Reads or changes the value.
    ///
    /// Waiting threads learn of a change by ``wake()`` only.
    package func withLock<Answer>(_ body: (inout State) -> Answer) -> Answer {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body(&state)
    }

    /// Lets every waiting thread look at the value again.
    package func wake() {
        pthread_cond_broadcast(changed)
    }

    /// Waits until `find` answers; it runs with the lock held, once at the start and once after each ``wake()``.
    package func wait<Answer>(for find: (inout State) -> Answer?) -> Answer {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let answer = find(&state) { return answer }
            pthread_cond_wait(changed, lock)
        }
    }

    /// Waits until `find` answers, but no longer than `timeout`; nil when that has passed.
    package func wait<Answer>(atMost timeout: Duration, for find: (inout State) -> Answer?) -> Answer? {
        var deadline = Self.deadline(after: timeout)
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        while true {
            if let answer = find(&state) { return answer }
            if pthread_cond_timedwait(changed, lock, &deadline) == ETIMEDOUT { return find(&state) }
        }
    }

    private static func deadline(after timeout: Duration) -> timespec {
        let now = Clocks.monotonicNanoseconds()
        // A year at most, so that the sum stays in range whatever is asked for.
        let seconds = min(max(timeout.components.seconds, 0), 366 * 86_400)
        let fraction = timeout < .zero ? 0 : timeout.components.attoseconds / 1_000_000_000
        let nanoseconds = now + UInt64(seconds) * 1_000_000_000 + UInt64(fraction)
        return timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    }
}
