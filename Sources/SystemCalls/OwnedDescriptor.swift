internal import CLinux
internal import Glibc
package import SystemPackage

/// A file descriptor with one owner: it is closed when the value goes.
package struct OwnedDescriptor: ~Copyable, Sendable {
    package let rawValue: CInt

    /// Takes over a descriptor that nobody else will close.
    package init(owning rawValue: CInt) {
        self.rawValue = rawValue
    }

    deinit {
        // A failure of close leaves nothing to be done: the descriptor is gone either way (close(2)), and what was
        // written is made durable with fsync before.
        _ = Glibc.close(rawValue)
    }

    /// Reads what is there, at most what `buffer` holds: read(2).
    ///
    /// 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        try retryingInterrupts { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
    }

    /// Writes what the kernel takes of `bytes`: write(2).
    ///
    /// The answer may be less than asked for.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
        try retryingInterrupts { Glibc.write(rawValue, bytes.baseAddress, bytes.count) }
    }

    /// Makes the contents durable: fsync(2).
    package func synchronize() throws(Errno) {
        try retryingInterrupts { fsync(rawValue) }
    }

    /// Makes the contents durable, but no more of the metadata than reading them back needs: fdatasync(2).
    package func synchronizeData() throws(Errno) {
        try retryingInterrupts { fdatasync(rawValue) }
    }

    /// Cuts the file to `length` bytes: ftruncate(2).
    package func truncate(to length: Int) throws(Errno) {
        try retryingInterrupts { ftruncate(rawValue, length) }
    }

    /// What the file is: fstat(2).
    package func status() throws(Errno) -> FileStatus {
        var answer = stat()
        try retryingInterrupts { fstat(rawValue, &answer) }
        return FileStatus(answer)
    }
}
