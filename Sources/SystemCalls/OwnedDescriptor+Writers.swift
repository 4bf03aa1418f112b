internal import CLinux
internal import Glibc
package import SystemPackage

extension OwnedDescriptor {
    /// Whether anyone has the file open for writing.
    package enum Writers: Sendable {
        case none
        case some
        /// The file system or our rights do not let the kernel tell.
        case unknown
    }

    /// Asks the kernel whether anyone has this regular file open for writing.
    ///
    /// The kernel grants a read lease only on a file that nobody has open for writing (fcntl(2), F_SETLEASE); it is given
    /// back at once. An opener meanwhile waits these microseconds; a claimed file has no name by which to open it.
    package func writers() -> Writers {
        do {
            try retryingInterrupts { clinux_set_lease(rawValue, CInt(F_RDLCK)) }
        } catch Errno.resourceTemporarilyUnavailable {
            return .some
        } catch {
            return .unknown
        }
        // Closing the descriptor gives the lease back as well, should this fail.
        _ = try? retryingInterrupts { clinux_set_lease(rawValue, CInt(F_UNLCK)) }
        return .none
    }

    /// Sets the modification time, in nanoseconds since 1970 (UTC), and leaves the time of access: futimens(2).
    package func setModified(_ nanoseconds: Int64) throws(Errno) {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let carried = rest < 0
        var times = (
            timespec(tv_sec: 0, tv_nsec: Int(clinux_utime_omit)),
            timespec(
                tv_sec: Int(carried ? seconds - 1 : seconds), tv_nsec: Int(carried ? rest + 1_000_000_000 : rest))
        )
        try withUnsafeBytes(of: &times) { bytes throws(Errno) in
            _ = try retryingInterrupts {
                futimens(rawValue, bytes.baseAddress?.assumingMemoryBound(to: timespec.self))
            }
        }
    }

    /// Locks the file for this process alone, as long as the descriptor, which is open for writing, is open: fcntl(2),
    /// open file description locks.
    ///
    /// False when another has it.
    package func lockExclusively() throws(Errno) -> Bool {
        var lock = Self.exclusiveLock
        do {
            try retryingInterrupts { clinux_take_lock(rawValue, &lock) }
            return true
        } catch Errno.wouldBlock {
            return false
        }
    }

    /// Whether the file is locked through another descriptor; asks, and locks nothing: fcntl(2).
    package func isLockedByAnother() throws(Errno) -> Bool {
        var lock = Self.exclusiveLock
        try retryingInterrupts { clinux_ask_for_lock(rawValue, &lock) }
        return lock.l_type != Int16(F_UNLCK)
    }

    /// The whole file, whatever its length becomes.
    private static var exclusiveLock: flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }

    /// Writes all of `bytes`, however often the kernel takes only a part.
    package func writeAll(_ bytes: [UInt8]) throws(Errno) {
        try bytes.span.withUnsafeBytes { buffer throws(Errno) in
            var written = 0
            while written < buffer.count {
                written += try write(UnsafeRawBufferPointer(rebasing: buffer[written...]))
            }
        }
    }

    /// Reads to the end, at most `limit` bytes.
    package func readAll(limit: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8]()
        var piece = [UInt8](repeating: 0, count: Swift.min(limit, 65_536))
        while bytes.count < limit {
            var span = piece.mutableSpan
            // No byte beyond the limit is taken from the file, so that a later call goes on behind it.
            let room = Swift.min(span.count, limit - bytes.count)
            let count = try span.withUnsafeMutableBytes { buffer throws(Errno) in
                try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]))
            }
            if count == 0 { break }
            bytes.append(contentsOf: piece.prefix(count))
        }
        return bytes
    }
}
