internal import CLinux
internal import Glibc
package import SystemPackage

/// A directory held by its descriptor, which everything in it is opened relative to.
///
/// No entry is followed through a symbolic link. The descriptor is closed when the last reference goes.
package final class Directory: Sendable {
    let descriptor: OwnedDescriptor

    /// Opens the directory at a path that an operator configured; links in it are followed.
    package init(at path: FilePath) throws(Errno) {
        descriptor = OwnedDescriptor(
            owning: try retryingInterrupts {
                path.withPlatformString { clinux_openat(AT_FDCWD, $0, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
            })
    }

    /// Opens a directory in `parent`; a symbolic link there answers ENOTDIR or ELOOP.
    package init(named name: FileName, in parent: Directory) throws(Errno) {
        descriptor = OwnedDescriptor(
            owning: try retryingInterrupts {
                name.withCString {
                    clinux_openat(
                        parent.descriptor.rawValue, $0, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
                }
            })
    }

    /// Names this very directory, wherever it was moved, to calls that take a path only.
    package var descriptorPath: String { "/proc/self/fd/\(descriptor.rawValue)" }

    package func status() throws(Errno) -> FileStatus {
        try descriptor.status()
    }

    /// What an entry is, without following it: fstatat(2).
    ///
    /// Nil when there is none.
    package func status(of name: FileName) throws(Errno) -> FileStatus? {
        var answer = stat()
        do {
            try retryingInterrupts {
                name.withCString { fstatat(descriptor.rawValue, $0, &answer, AT_SYMLINK_NOFOLLOW) }
            }
        } catch Errno.noSuchFileOrDirectory {
            return nil
        }
        return FileStatus(answer)
    }

    /// Opens an entry for reading, in a way that neither blocks (a FIFO) nor follows a link.
    package func openForReading(_ name: FileName) throws(Errno) -> OwnedDescriptor {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        return OwnedDescriptor(
            owning: try retryingInterrupts {
                name.withCString { clinux_openat(descriptor.rawValue, $0, flags, 0) }
            })
    }

    /// How a file is opened for writing.
    package enum Creation: Sendable {
        /// It must not exist.
        case new
        /// It is opened or made, and every write goes to its end.
        case appending
        /// It is opened or made, and keeps what it holds.
        case keeping
    }

    /// Opens an entry for writing, readable by the owner and the group.
    package func openForWriting(_ name: FileName, _ creation: Creation) throws(Errno) -> OwnedDescriptor {
        let mode: CInt =
            switch creation {
            case .new: O_EXCL
            case .appending: O_APPEND
            case .keeping: 0
            }
        let flags = O_RDWR | O_CREAT | mode | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        return OwnedDescriptor(
            owning: try retryingInterrupts {
                name.withCString { clinux_openat(descriptor.rawValue, $0, flags, 0o640) }
            })
    }

    /// Opens a new file in the place of one that a process may have left when it was killed.
    package func openAnew(_ name: FileName) throws(Errno) -> OwnedDescriptor {
        do {
            try removeFile(name)
        } catch Errno.noSuchFileOrDirectory {
            // The usual case.
        }
        return try openForWriting(name, .new)
    }

    /// Makes a directory for the owner and the group; one that is there already is as good.
    package func makeDirectory(_ name: FileName) throws(Errno) {
        do {
            try retryingInterrupts { name.withCString { mkdirat(descriptor.rawValue, $0, 0o750) } }
        } catch Errno.fileExists {
            return
        }
    }

    /// Moves an entry to another directory in one step, never over an existing one: renameat2(2).
    package func move(_ name: FileName, to target: Directory, as newName: FileName) throws(Errno) {
        try retryingInterrupts {
            name.withCString { from in
                newName.withCString { to in
                    clinux_renameat2(
                        descriptor.rawValue, from, target.descriptor.rawValue, to, clinux_rename_noreplace)
                }
            }
        }
    }

    /// Moves an entry over another of the same directory: renameat(2).
    package func replace(_ name: FileName, with newContents: FileName) throws(Errno) {
        try retryingInterrupts {
            newContents.withCString { from in
                name.withCString { to in renameat(descriptor.rawValue, from, descriptor.rawValue, to) }
            }
        }
    }

    /// Removes an entry that is no directory: unlinkat(2).
    package func removeFile(_ name: FileName) throws(Errno) {
        try retryingInterrupts { name.withCString { unlinkat(descriptor.rawValue, $0, 0) } }
    }

    /// Removes an empty directory: unlinkat(2).
    package func removeDirectory(_ name: FileName) throws(Errno) {
        try retryingInterrupts { name.withCString { unlinkat(descriptor.rawValue, $0, AT_REMOVEDIR) } }
    }

    /// Makes the entries durable: fsync(2).
    package func synchronize() throws(Errno) {
        try descriptor.synchronize()
    }

    /// Reads the entries from the beginning.
    ///
    /// One reader at a time: the position belongs to the directory.
    package func entries() throws(Errno) -> DirectoryEntries {
        try retryingInterrupts { lseek(descriptor.rawValue, 0, SEEK_SET) }
        return DirectoryEntries(of: self)
    }

    /// Reads the next records of the entries into `buffer`: getdents64(2).
    ///
    /// 0 at the end.
    func readEntries(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        Int(try retryingInterrupts { clinux_getdents64(descriptor.rawValue, buffer.baseAddress, buffer.count) })
    }
}
