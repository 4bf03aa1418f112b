internal import NIOCore
internal import NIOPosix
internal import Synchronization
package import SystemPackage

/// The event loop that carries the exchanges of all sessions.
///
/// Its one thread starts with the first exchange at the latest and sleeps in the kernel between them: nothing here runs on
/// Swift's pool, whose timer would wake the process every second.
package final class HTTPClient: Sendable {
    private let group = Mutex<MultiThreadedEventLoopGroup?>(nil)

    package init() {}

    deinit {
        // A loop that does not close leaves a thread that sleeps; nobody is left who could do more about it.
        try? group.withLock { $0 }?.syncShutdownGracefully()
    }

    /// What the event loop opens for itself and for a first connection.
    private static let neededDescriptors = 4

    /// Starts the event loop's thread, before others take the descriptors that it needs.
    ///
    /// - Throws: what the kernel said when there are too few.
    package func start() throws(Errno) {
        _ = try startedLoop()
    }

    /// The event loop, started if it was not.
    func startedLoop() throws(Errno) -> any EventLoop {
        try group.withLock { group throws(Errno) -> any EventLoop in
            if let group { return group.next() }
            // The library would end the process when there are too few.
            try Self.checkDescriptors()
            let started = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            group = started
            return started.next()
        }
    }

    private static func checkDescriptors() throws(Errno) {
        do {
            var spare: [SystemPackage.FileDescriptor] = []
            defer { for descriptor in spare { try? descriptor.close() } }
            for _ in 0..<neededDescriptors {
                spare.append(try SystemPackage.FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec))
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }
}
