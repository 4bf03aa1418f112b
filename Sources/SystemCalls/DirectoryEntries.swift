package import SystemPackage

/// Reads a directory's entries piece by piece, so that a directory of any size takes a fixed amount of memory.
///
/// Entries that are there from the beginning to the end are told exactly once, whatever comes and goes meanwhile.
package final class DirectoryEntries {
    /// One entry, without `.` and `..`.
    package struct Entry {
        package let name: FileName
        /// Nil where the file system does not tell; ask the directory for the status then.
        package let kind: FileStatus.Kind?
    }

    /// Bytes read with one system call: about a hundred entries, a turn's work.
    private static let bufferSize = 4096
    /// Bytes of a record before its name: inode, offset, record length and type (struct linux_dirent64).
    private static let headerSize = 19

    private let directory: Directory
    private let buffer: UnsafeMutableRawBufferPointer

    init(of directory: Directory) {
        self.directory = directory
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 8)
    }

    deinit {
        buffer.deallocate()
    }

    /// The next entries; an empty list at the end: getdents64(2).
    package func next() throws(Errno) -> [Entry] {
        while true {
            let count = try directory.readEntries(into: buffer)
            if count == 0 { return [] }
            let entries = Self.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            if !entries.isEmpty { return entries }
        }
    }

    private static func parse(_ records: UnsafeRawBufferPointer) -> [Entry] {
        var entries: [Entry] = []
        var position = 0
        while position + headerSize < records.count {
            let length = Int(records.loadUnaligned(fromByteOffset: position + 16, as: UInt16.self))
            guard length > headerSize, position + length <= records.count else { break }
            let name = UnsafeRawBufferPointer(rebasing: records[position + headerSize..<position + length])
                .prefix { $0 != 0 }
            let isDot = name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8)
            if !isDot {
                entries.append(Entry(name: FileName(name), kind: kind(records[position + 18])))
            }
            position += length
        }
        return entries
    }

    /// The kind by the d_type of readdir(3); 0 is DT_UNKNOWN.
    private static func kind(_ type: UInt8) -> FileStatus.Kind? {
        type == 0 ? nil : FileStatus.Kind(mode: UInt32(type) << 12)
    }
}

extension Directory {
    /// Calls `body` for each entry, from the beginning.
    package func forEachEntry(_ body: (DirectoryEntries.Entry) throws(Errno) -> Void) throws(Errno) {
        let entries = try entries()
        while true {
            let next = try entries.next()
            if next.isEmpty { return }
            for entry in next { try body(entry) }
        }
    }
}
