internal import CLinux
internal import Glibc
package import SystemPackage

/// A thread of our own: what blocks in the kernel runs here and not on Swift's pool, whose timer would wake the
/// process every second.
package struct Thread: ~Copyable, Sendable {
    private let handle: pthread_t

    /// Starts `body` on a new thread whose name (at most 15 bytes are kept) shows in `ps -L` and `top -H`.
    package init(named name: String, _ body: @escaping @Sendable () -> Void) throws(Errno) {
        let context = Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
                start.body()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw Errno(rawValue: code)
        }
        self.handle = handle
    }

    /// Waits until the body has returned.
    package consuming func join() {
        pthread_join(handle, nil)
    }

    /// Lets the thread run on its own; it ends with the process.
    package consuming func detach() {
        pthread_detach(handle)
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
