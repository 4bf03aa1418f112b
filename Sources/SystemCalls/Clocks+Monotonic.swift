internal import Glibc

extension Clocks {
    /// Nanoseconds since the machine started, time asleep left out: CLOCK_MONOTONIC.
    ///
    /// Waits with a timeout are measured on it, and systemd wants it beside `RELOADING=1`.
    package static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        // It fails only for an unknown clock or a bad address (clock_gettime(2)); neither can be here.
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(bitPattern: Int64(time.tv_sec)) &* 1_000_000_000 &+ UInt64(bitPattern: Int64(time.tv_nsec))
    }
}
