package import SystemCalls

/// What the kernel told about a watched directory.
package struct InotifyEvent: Hashable, Sendable {
    /// What happened.
    package enum Kind: Hashable, Sendable {
        case closedAfterWriting(FileName)
        case closedAfterReading(FileName)
        case movedIn(FileName)
        case movedOut(FileName)
        case created(FileName)
        case removed(FileName)
        case selfRemoved
        case selfMoved
        /// The file system that holds the directory was unmounted.
        case unmounted
        /// The watch is gone: taken back, or its directory removed or unmounted.
        case ignored
    }

    package let watch: WatchDescriptor
    package let kind: Kind
    /// Whether the entry that `kind` names is a directory.
    package let isDirectory: Bool
}

/// One record of what was read from an inotify instance.
package enum InotifyRecord: Hashable, Sendable {
    case event(InotifyEvent)
    /// The kernel's queue was full: what happened since is unknown, on every watch.
    case queueOverflowed
}
