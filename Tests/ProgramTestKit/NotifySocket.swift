import Foundation

/// Plays the service manager: receives what the program tells with sd_notify(3).
package final class NotifySocket: @unchecked Sendable {
    // Unchecked: one thread receives, and `lock` guards what it received.
    package let path: String
    private let descriptor: CInt
    private let lock = NSCondition()
    private var states: [String] = []

    package init(at path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
        let answer = SocketAddress(path).withPointer { [descriptor] in bind(descriptor, $0, $1) }
        guard answer == 0 else { throw TestKitError("bind \(path): errno \(errno)") }
        let thread = Thread { [descriptor, weak self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0, let self else { return }
                self.lock.lock()
                self.states += String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
                self.lock.broadcast()
                self.lock.unlock()
            }
        }
        thread.start()
    }

    deinit {
        shutdown(descriptor, CInt(SHUT_RDWR))
        close(descriptor)
    }

    /// All assignments received so far, in order.
    package var received: [String] {
        lock.withLock { states }
    }

    /// Waits for an assignment that fulfils `condition`, among all received; false when `patience` is over.
    package func wait(within seconds: TimeInterval = patience, for condition: (String) -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        lock.lock()
        defer { lock.unlock() }
        while !states.contains(where: condition) {
            if !lock.wait(until: deadline) { return false }
        }
        return true
    }
}
