internal import CLinux
internal import Glibc
package import SystemPackage

extension OwnedDescriptor {
    /// Opens a file for appending, making it (for the owner to write, for the group to read) where there is none: open(2).
    ///
    /// A symbolic link in the last place is refused (ELOOP), and a FIFO that nobody reads answers ENXIO instead of blocking.
    /// Writes to what was opened block, as usual.
    package init(appendingTo path: FilePath) throws(Errno) {
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK
        let descriptor = OwnedDescriptor(
            owning: try retryingInterrupts {
                path.withPlatformString { clinux_openat(AT_FDCWD, $0, flags, 0o640) }
            })
        try retryingInterrupts { clinux_fcntl(descriptor.rawValue, F_SETFL, Int(O_APPEND)) }
        self = descriptor
    }

    /// Opens a file, or with `flags` a directory, for reading; a symbolic link in the last place is refused (ELOOP).
    package init(reading path: FilePath) throws(Errno) {
        let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK
        self.init(
            owning: try retryingInterrupts {
                path.withPlatformString { clinux_openat(AT_FDCWD, $0, flags, 0) }
            })
    }

    /// A second descriptor of what another one names, so that this one can be closed without closing that.
    package init(duplicating descriptor: CInt) throws(Errno) {
        self.init(owning: try retryingInterrupts { clinux_fcntl(descriptor, F_DUPFD_CLOEXEC, 0) })
    }

    /// Reads at a place of its own, at most what `buffer` holds: pread(2).
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Errno) -> Int {
        try retryingInterrupts { pread(rawValue, buffer.baseAddress, buffer.count, offset) }
    }

    /// Asks the kernel to hold `capacity` bytes between the ends of a pipe.
    ///
    /// The kernel may refuse (EPERM: above the user's limit; EBADF: no pipe).
    package func setPipeCapacity(_ capacity: Int) throws(Errno) {
        try retryingInterrupts { clinux_fcntl(rawValue, clinux_set_pipe_size, capacity) }
    }

    /// Waits until a write would not block, at most `milliseconds`; false when it still would: poll(2).
    ///
    /// A reader that went away counts as writable: the write then says so.
    package func isWritable(within milliseconds: CInt) throws(Errno) -> Bool {
        var question = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        return try retryingInterrupts { poll(&question, 1, milliseconds) } > 0
    }
}

extension FileStatus {
    /// What stands at a path itself, without following a symbolic link: lstat(2).
    package static func ofPath(_ path: FilePath) throws(Errno) -> FileStatus {
        var answer = stat()
        try retryingInterrupts { path.withPlatformString { lstat($0, &answer) } }
        return FileStatus(answer)
    }
}
