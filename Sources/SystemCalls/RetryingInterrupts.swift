internal import Glibc
package import SystemPackage

/// Runs a system call again for as long as a signal interrupts it, and throws what the kernel answered otherwise.
///
/// `call` answers −1 on failure, as system calls do. Together with ``once(_:)`` this is the only reader of `errno`.
@discardableResult
@inline(__always)
package func retryingInterrupts<Answer: FixedWidthInteger>(_ call: () -> Answer) throws(Errno) -> Answer {
    while true {
        let answer = call()
        if answer != -1 { return answer }
        let code = Errno(rawValue: errno)
        if code != .interrupted { throw code }
    }
}

/// Runs a system call exactly once: `close`, whose descriptor is gone even when it answers EINTR, and waits that a
/// signal may end.
@discardableResult
@inline(__always)
package func once<Answer: FixedWidthInteger>(_ call: () -> Answer) throws(Errno) -> Answer {
    let answer = call()
    if answer == -1 { throw Errno(rawValue: errno) }
    return answer
}
