internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Claims a file from another mount: a copy that is durable before the source goes.
enum FileCopy {
    /// Bytes copied at once.
    private static let pieceSize = 262_144
    /// Bytes copied at all: a larger file is rejected unread, so that of the rest only the size matters.
    private static let limit = ValidationLimits().fileSize

    /// Where a copy is made and where it goes.
    struct Destination {
        /// Holds copies that are not complete yet; on the mount of `target`.
        let copying: Directory
        let target: Directory
        let entry: FileName
        /// The name that the source bears while it is removed; no event file's.
        let aside: FileName
    }

    /// Copies the file, makes the copy and its entry durable, then removes the source.
    ///
    /// False when the source is gone.
    ///
    /// After a crash the file is at its source, or in the target, or in both; then it is claimed a second time, under
    /// another id, which is the price of not having a rename.
    ///
    /// - Throws: `Errno.resourceTemporarilyUnavailable` when the file is being written, or another kind of file took its
    ///   place, so that it is to be looked at again; else what the kernel said.
    static func move(
        _ name: FileName, from source: Directory, to destination: Destination, evenWhileWritten: Bool
    ) throws(Errno) -> Bool {
        let original: OwnedDescriptor
        do {
            original = try source.openForReading(name)
        } catch Errno.noSuchFileOrDirectory {
            return false
        } catch Errno.tooManySymbolicLinkLevels, Errno.noSuchAddressOrDevice {
            throw .resourceTemporarilyUnavailable
        }
        let before = try original.status()
        guard before.kind == .regular, before.linkCount == 1 else { throw .resourceTemporarilyUnavailable }
        if !evenWhileWritten, original.writers() == .some { throw .resourceTemporarilyUnavailable }
        let copying = destination.copying, entry = destination.entry
        do throws(Errno) {
            let copy = try copying.openForWriting(entry, .new)
            try transfer(original, size: before.size, to: copy)
            try copy.setModified(before.modified)
            try copy.synchronize()
            // What changed meanwhile is being written.
            guard try original.status() == before else { throw Errno.resourceTemporarilyUnavailable }
            try copying.move(entry, to: destination.target, as: entry)
        } catch {
            _ = try? copying.removeFile(entry)
            throw error
        }
        do throws(Errno) {
            try destination.target.synchronize()
            try remove(name, of: source, ifIs: before, by: destination.aside)
            return true
        } catch {
            _ = try? destination.target.removeFile(entry)
            if error == .noSuchFileOrDirectory { return false }
            throw error
        }
    }

    private static func transfer(
        _ original: borrowing OwnedDescriptor, size: Int, to copy: borrowing OwnedDescriptor
    ) throws(Errno) {
        var left = min(size, limit)
        while left > 0 {
            let piece = try original.readAll(limit: min(left, pieceSize))
            if piece.isEmpty { break }
            try copy.writeAll(piece)
            left -= piece.count
        }
        if size > limit { try copy.truncate(to: size) }
    }

    /// Removes the file that was copied, and no other that its publisher moved over it meanwhile.
    ///
    /// unlink(2) cannot be told which file is meant, so the file is set aside first. One that turns out to be another goes
    /// back; if there is a further one by then, its publisher has replaced it.
    private static func remove(
        _ name: FileName, of source: Directory, ifIs copied: FileStatus, by aside: FileName
    ) throws(Errno) {
        try source.move(name, to: source, as: aside)
        guard let found = try source.status(of: aside) else { return }
        let isSameFile = found.device == copied.device && found.inode == copied.inode
        let isWhole = found.size == copied.size && found.modified == copied.modified
        if isSameFile, isWhole { return try source.removeFile(aside) }
        do {
            try source.move(aside, to: source, as: name)
        } catch Errno.fileExists {
            try source.removeFile(aside)
        }
        if isSameFile { throw .resourceTemporarilyUnavailable }
    }
}
