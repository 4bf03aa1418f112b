internal import CLinux
internal import Glibc

/// The clocks that Telltale reads.
package enum Clocks {
    /// Nanoseconds since the machine started, time asleep included.
    ///
    /// Nobody can set it: CLOCK_BOOTTIME.
    package static func nanosecondsSinceBoot() -> UInt64 {
        read(CLOCK_BOOTTIME)
    }

    /// Nanoseconds since 1970 (UTC), as far as the machine knows: CLOCK_REALTIME.
    package static func nanosecondsSince1970() -> UInt64 {
        read(CLOCK_REALTIME)
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // It fails only for an unknown clock or a bad address (clock_gettime(2)); neither can be here.
        clock_gettime(clock, &time)
        return UInt64(bitPattern: Int64(time.tv_sec)) &* 1_000_000_000 &+ UInt64(bitPattern: Int64(time.tv_nsec))
    }
}
