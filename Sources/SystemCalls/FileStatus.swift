internal import CLinux
internal import Glibc

/// What stat(2) tells of a file, as far as Telltale asks.
package struct FileStatus: Hashable, Sendable {
    /// The kinds of file.
    package enum Kind: String, Hashable, Sendable {
        case regular = "regular file"
        case directory
        case symbolicLink = "symbolic link"
        case fifo = "FIFO"
        case socket
        case characterDevice = "character device"
        case blockDevice = "block device"
        case unknown = "unknown kind of file"
    }

    package let kind: Kind
    /// In bytes.
    package let size: Int
    package let linkCount: Int
    package let device: UInt64
    package let inode: UInt64
    /// The user that owns it.
    package let owner: UInt32
    /// The last change of the contents, in nanoseconds since 1970 (UTC).
    ///
    /// Publishers can set it.
    package let modified: Int64
    /// The last change of the contents or of the inode, in nanoseconds since 1970 (UTC).
    ///
    /// Only the kernel sets it.
    package let changed: Int64

    init(_ raw: stat) {
        kind = Kind(mode: raw.st_mode)
        size = raw.st_size
        linkCount = Int(raw.st_nlink)
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        owner = raw.st_uid
        modified = FileStatus.nanoseconds(raw.st_mtim)
        changed = FileStatus.nanoseconds(raw.st_ctim)
    }

    /// Publishers can set any time: one beyond the range of 64-bit nanoseconds (the years 1678 to 2262) is clamped.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        let (product, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return time.tv_sec < 0 ? .min : .max }
        let (sum, sumOverflow) = product.addingReportingOverflow(Int64(time.tv_nsec))
        return sumOverflow ? .max : sum
    }
}

extension FileStatus.Kind {
    init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .directory
        case S_IFLNK: self = .symbolicLink
        case S_IFIFO: self = .fifo
        case S_IFSOCK: self = .socket
        case S_IFCHR: self = .characterDevice
        case S_IFBLK: self = .blockDevice
        default: self = .unknown
        }
    }
}
