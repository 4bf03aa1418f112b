internal import CLinux
internal import Glibc
package import SystemPackage

extension Machine {
    /// Puts the same program, with the same arguments and environment, in the place of this process: execve(2).
    ///
    /// The process keeps its id, its blocked signals and its three standard descriptors; all others are closed, also those that a
    /// library opened to outlive it, and threads end.
    /// A program file that was replaced meanwhile changes nothing: the one that runs now runs again.
    ///
    /// - Returns: what the kernel said, since nobody is left to return to when it did it.
    package static func executeAgain() -> Errno {
        let running = "/proc/self/exe"
        // By its own path where that still leads to it, since the kernel names the process after what it was given.
        var path = running
        if let named = try? link(running), isSameFile(named, running) { path = named }
        do throws(Errno) {
            try closeOthersOnExec()
            try once { execve(path, CommandLine.unsafeArgv, clinux_environment()) }
            return .invalidArgument
        } catch {
            return error
        }
    }

    private static func closeOthersOnExec() throws(Errno) {
        do throws(Errno) {
            try once { clinux_close_on_exec_from(3) }
        } catch {
            // A kernel before 5.11 does not know that.
            for descriptor in 3..<CInt(clamping: openFileLimit()) {
                // EBADF: there is none of this number.
                _ = try? once { clinux_fcntl(descriptor, F_SETFD, Int(FD_CLOEXEC)) }
            }
        }
    }

    private static func link(_ path: String) throws(Errno) -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let room = buffer.count
        let length = try once { readlink(path, &buffer, room) }
        return String(decoding: buffer.prefix(length), as: UTF8.self)
    }

    private static func isSameFile(_ first: String, _ second: String) -> Bool {
        var (left, right) = (stat(), stat())
        guard stat(first, &left) == 0, stat(second, &right) == 0 else { return false }
        return left.st_dev == right.st_dev && left.st_ino == right.st_ino
    }
}
