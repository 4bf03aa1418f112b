internal import CLinux
package import SystemPackage

/// Waits in the kernel until one of several descriptors is readable: epoll(7).
package struct Poller: ~Copyable {
    private let descriptor: OwnedDescriptor

    package init() throws(Errno) {
        descriptor = OwnedDescriptor(
            owning: try retryingInterrupts { epoll_create1(CInt(EPOLL_CLOEXEC)) })
    }

    /// Watches a descriptor that the caller keeps open; `token` tells it apart.
    package func add(_ watched: CInt, token: UInt32) throws(Errno) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u32 = token
        try retryingInterrupts { epoll_ctl(descriptor.rawValue, EPOLL_CTL_ADD, watched, &event) }
    }

    /// Whether a wait may block.
    package enum Patience: CInt, Sendable {
        case look = 0
        case untilSomethingHappens = -1
    }

    /// The tokens of the readable descriptors, at most 8; a signal may end the wait with none.
    package func wait(_ patience: Patience) throws(Errno) -> [UInt32] {
        var events: InlineArray<8, epoll_event> = .init(repeating: epoll_event())
        var span = events.mutableSpan
        do {
            let count = try span.withUnsafeMutableBufferPointer { buffer throws(Errno) in
                try once { epoll_wait(descriptor.rawValue, buffer.baseAddress, CInt(buffer.count), patience.rawValue) }
            }
            return (0..<Int(count)).map { events[$0].data.u32 }
        } catch Errno.interrupted {
            return []
        }
    }
}
