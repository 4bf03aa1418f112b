internal import CInotify
internal import Glibc
internal import SystemCalls

/// Parses what read(2) gave of an inotify instance: records of variable length, one after another.
package enum InotifyRecords {
    /// The buffer holds no whole number of records; `offset` is where the broken one begins, in bytes.
    package struct Malformed: Error, Hashable, Sendable {
        package let offset: Int
    }

    /// Calls `body` with each record in order.
    ///
    /// The records are walked by pointer and length, since the name behind the fixed part is no member that Swift could copy.
    ///
    /// - Throws: `Malformed` at the first record that does not lie in the buffer whole; those before it were told.
    package static func forEach(
        in buffer: UnsafeRawBufferPointer, _ body: (InotifyRecord) -> Void
    ) throws(Malformed) {
        let headerSize = cinotify_record_header_size
        var offset = 0
        while offset < buffer.count {
            guard buffer.count - offset >= headerSize else { throw Malformed(offset: offset) }
            let watch = buffer.loadUnaligned(fromByteOffset: offset, as: Int32.self)
            let mask = buffer.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            let nameSize = Int(buffer.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
            guard buffer.count - offset - headerSize >= nameSize else { throw Malformed(offset: offset) }
            let start = offset + headerSize
            // The kernel pads the name with NULs to the alignment of the next record.
            let name = UnsafeRawBufferPointer(rebasing: buffer[start..<start + nameSize].prefix { $0 != 0 })
            if let record = record(watch: WatchDescriptor(rawValue: watch), mask: mask, name: name) {
                body(record)
            }
            offset = start + nameSize
        }
    }

    /// Nil for what was not asked for and means nothing to us.
    private static func record(
        watch: WatchDescriptor, mask: UInt32, name: UnsafeRawBufferPointer
    ) -> InotifyRecord? {
        if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .queueOverflowed }
        let events = WatchEvents(rawValue: mask)
        let kind: InotifyEvent.Kind
        if mask & UInt32(IN_UNMOUNT) != 0 {
            kind = .unmounted
        } else if mask & UInt32(IN_IGNORED) != 0 {
            kind = .ignored
        } else if events.contains(.selfRemoved) {
            kind = .selfRemoved
        } else if events.contains(.selfMoved) {
            kind = .selfMoved
        } else if name.isEmpty {
            return nil
        } else if events.contains(.closedAfterWriting) {
            kind = .closedAfterWriting(FileName(name))
        } else if events.contains(.closedAfterReading) {
            kind = .closedAfterReading(FileName(name))
        } else if events.contains(.movedIn) {
            kind = .movedIn(FileName(name))
        } else if events.contains(.movedOut) {
            kind = .movedOut(FileName(name))
        } else if events.contains(.created) {
            kind = .created(FileName(name))
        } else if events.contains(.removed) {
            kind = .removed(FileName(name))
        } else {
            return nil
        }
        return .event(InotifyEvent(watch: watch, kind: kind, isDirectory: mask & UInt32(IN_ISDIR) != 0))
    }
}
