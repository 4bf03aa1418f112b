internal import CLinux
internal import Glibc
package import SystemPackage

/// A timer on the clock that nobody can set, whose descriptor becomes readable at an instant: timerfd_create(2).
package struct DeadlineTimer: ~Copyable {
    package let descriptor: OwnedDescriptor
    private var armed: UInt64?

    package init() throws(Errno) {
        descriptor = OwnedDescriptor(
            owning: try retryingInterrupts {
                timerfd_create(CLOCK_BOOTTIME, CInt(TFD_CLOEXEC) | CInt(TFD_NONBLOCK))
            })
    }

    /// Sets the instant, in nanoseconds since boot; nil: never.
    ///
    /// Costs a system call only when the instant changes.
    package mutating func arm(at instant: UInt64?) throws(Errno) {
        guard instant != armed else { return }
        // All zeros would disarm it; one nanosecond after boot is as much in the past.
        let value = instant.map { Swift.max($0, 1) } ?? 0
        var setting = itimerspec()
        setting.it_value.tv_sec = Int(value / 1_000_000_000)
        setting.it_value.tv_nsec = Int(value % 1_000_000_000)
        try retryingInterrupts { timerfd_settime(descriptor.rawValue, CInt(TFD_TIMER_ABSTIME), &setting, nil) }
        armed = instant
    }

    /// Takes note that it went off.
    package mutating func reset() {
        var count: UInt64 = 0
        // EAGAIN means that it was armed anew before it was read.
        _ = try? once { Glibc.read(descriptor.rawValue, &count, 8) }
        armed = nil
    }
}
