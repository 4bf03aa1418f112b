internal import CInotify
internal import Glibc

/// What a watch asks the kernel to tell.
///
/// Of what reading causes, ACCESS and OPEN are never asked for: the collector's own work would wake it.
package struct WatchEvents: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// A file was closed by one who had it open for writing.
    package static let closedAfterWriting = WatchEvents(rawValue: UInt32(IN_CLOSE_WRITE))
    /// A file was closed by one who had it open for reading only; also told of whoever listed the directory, without a name.
    package static let closedAfterReading = WatchEvents(rawValue: UInt32(IN_CLOSE_NOWRITE))
    /// An entry was moved into the directory.
    package static let movedIn = WatchEvents(rawValue: UInt32(IN_MOVED_TO))
    /// An entry was moved out of the directory.
    package static let movedOut = WatchEvents(rawValue: UInt32(IN_MOVED_FROM))
    /// An entry was made: a file, a directory, a link.
    package static let created = WatchEvents(rawValue: UInt32(IN_CREATE))
    /// An entry was removed.
    package static let removed = WatchEvents(rawValue: UInt32(IN_DELETE))
    /// The watched directory itself was removed.
    package static let selfRemoved = WatchEvents(rawValue: UInt32(IN_DELETE_SELF))
    /// The watched directory itself was moved.
    package static let selfMoved = WatchEvents(rawValue: UInt32(IN_MOVE_SELF))
}
