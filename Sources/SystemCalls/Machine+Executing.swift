internal import CLinux
internal import Glibc
package import SystemPackage

extension Machine {
    /// Puts the same program, with the same arguments and environment, in the place of this process: execve(2).
    ///
    /// The process keeps its id, its blocked signals, and the descriptors `inherited` with which it began: whoever started it may
    /// watch them for its end. All others are closed, also those that a library opened without a word of that, and threads end.
    /// A program file that was replaced meanwhile changes nothing: the one that runs now runs again.
    ///
    /// - Returns: what the kernel said, since nobody is left to return to when it did it.
    package static func executeAgain(keeping inherited: Set<CInt>) -> Errno {
        let running = "/proc/self/exe"
        // By its own path where that still leads to it, since the kernel names the process after what it was given.
        var path = running
        if let named = try? link(running), isSameFile(named, running) { path = named }
        do throws(Errno) {
            for descriptor in try openDescriptors().subtracting(inherited) {
                // EBADF: another thread has closed it meanwhile.
                _ = try? once { clinux_fcntl(descriptor, F_SETFD, Int(FD_CLOEXEC)) }
            }
            try once { execve(path, CommandLine.unsafeArgv, clinux_environment()) }
            return .invalidArgument
        } catch {
            return error
        }
    }

    /// The descriptors that this process has open.
    package static func openDescriptors() throws(Errno) -> Set<CInt> {
        var open: Set<CInt> = []
        let directory = try Directory(at: "/proc/self/fd")
        try directory.forEachEntry { entry throws(Errno) in
            if let number = CInt(entry.name.description) { open.insert(number) }
        }
        open.remove(directory.descriptor.rawValue)
        return open
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
