internal import CInotify
internal import Glibc
package import SystemCalls
package import SystemPackage

/// An inotify instance, which owns its descriptor and the buffer that it is read into.
package struct InotifyInstance: ~Copyable {
    /// Bytes asked for with one read: about 2,000 records with short names.
    ///
    /// The kernel wants room for one record with the longest name, 272 bytes.
    private static let bufferSize = 65_536

    /// Readable when something happened.
    package let descriptor: OwnedDescriptor
    private let buffer: UnsafeMutableRawBufferPointer

    /// - Throws: `tooManyOpenFiles` when the user's instances or the process's descriptors are exhausted.
    package init() throws(Errno) {
        descriptor = OwnedDescriptor(
            owning: try retryingInterrupts { inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK)) })
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 8)
    }

    deinit {
        buffer.deallocate()
    }

    /// Watches a directory that the caller holds, wherever it was moved; the watch outlives the descriptor.
    ///
    /// What is done with a file that was removed from it is not told.
    ///
    /// A directory that is watched already keeps its watch, and the events asked for now come on top.
    ///
    /// - Throws: `noSpace` when the user's watches are exhausted.
    package func watch(_ directory: Directory, for events: WatchEvents) throws(Errno) -> WatchDescriptor {
        let mask = events.rawValue | UInt32(IN_ONLYDIR) | UInt32(IN_MASK_ADD) | UInt32(IN_EXCL_UNLINK)
        return WatchDescriptor(
            rawValue: try retryingInterrupts {
                inotify_add_watch(descriptor.rawValue, directory.descriptorPath, mask)
            })
    }

    /// Takes a watch back.
    ///
    /// One that is gone already is as good.
    package func remove(_ watch: WatchDescriptor) {
        _ = try? retryingInterrupts { inotify_rm_watch(descriptor.rawValue, watch.rawValue) }
    }

    /// Reads what happened, without waiting, and calls `body` with each record.
    ///
    /// False when nothing waited.
    package func read(_ body: (InotifyRecord) -> Void) throws -> Bool {
        let count: Int
        do {
            count = try descriptor.read(into: buffer)
        } catch Errno.wouldBlock {
            return false
        }
        try InotifyRecords.forEach(in: UnsafeRawBufferPointer(rebasing: buffer[..<count]), body)
        return true
    }
}
