internal import Glibc

/// How long the processor has worked: what else runs on the machine does not count.
enum ProcessorTime {
    static func ofThisThread() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
