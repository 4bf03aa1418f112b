internal import CLinux
internal import Glibc
package import SystemPackage

/// A counter that wakes a waiting thread: eventfd(2).
package struct EventCounter: ~Copyable, Sendable {
    package let descriptor: OwnedDescriptor

    package init() throws(Errno) {
        descriptor = OwnedDescriptor(
            owning: try retryingInterrupts { eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK)) })
    }

    /// Wakes whoever waits for the descriptor to become readable.
    ///
    /// May be called from any thread.
    package func signal() {
        var one: UInt64 = 1
        // EAGAIN means that the counter is full, so that the reader is awake already; nothing else can fail here.
        _ = try? once { Glibc.write(descriptor.rawValue, &one, 8) }
    }

    /// Takes the count back to zero, so that the next signal wakes again.
    package func reset() {
        var count: UInt64 = 0
        // EAGAIN means that it is at zero.
        _ = try? once { Glibc.read(descriptor.rawValue, &count, 8) }
    }
}
