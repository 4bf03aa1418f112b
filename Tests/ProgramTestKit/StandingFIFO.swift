import Foundation

/// A FIFO whose reader is the test: it reads when it wants to, or goes away.
package final class StandingFIFO {
    package let path: String
    private var descriptor: CInt

    package init(at path: String) throws {
        self.path = path
        guard mkfifo(path, 0o600) == 0 else { throw TestKitError("mkfifo \(path): errno \(errno)") }
        descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestKitError("open \(path): errno \(errno)") }
    }

    deinit { close() }

    /// A wrapper for ``TelltaleProcess`` that makes the FIFO its standard output.
    package var asStandardOutput: [String] { ["sh", "-c", "exec \"$@\" > \"$0\"", path] }

    /// Goes away: who writes from now on gets EPIPE.
    package func close() {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Whether something was written that was not drained.
    package var hasInput: Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) == 1 && request.revents & Int16(POLLIN) != 0
    }

    /// Everything that was written, without waiting; the last line may be torn.
    package func drain() -> [String] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }
}
