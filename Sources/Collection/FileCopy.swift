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
    /// Who opens the file meanwhile need not wait, and keeps it where it is. False when the source is gone.
    ///
    /// After a crash the file is at its source, or in the target, or in both; then it is claimed a second time, under
    /// another id, which is the price of not having a rename.
    ///
    /// - Throws: `Errno.resourceTemporarilyUnavailable` when somebody is at the file, or another kind of file took its
    ///   place, so that it is to be looked at again; else what the kernel said.
    static func move(
        _ file: inout PublishedFile, _ name: FileName, from source: Directory, to destination: Destination,
        _ condition: ClaimCondition, isUnread: () -> Bool
    ) throws(Errno) -> Bool {
        file.letGo()
        let before = try file.descriptor.status()
        guard before.kind == .regular, before.linkCount == 1 else { throw .resourceTemporarilyUnavailable }
        let copying = destination.copying, entry = destination.entry
        do throws(Errno) {
            let copy = try copying.openForWriting(entry, .new)
            try transfer(file.descriptor, size: before.size, to: copy)
            try copy.setModified(before.modified)
            try copy.synchronize()
            // What changed meanwhile is being written.
            guard try file.descriptor.status() == before else { throw Errno.resourceTemporarilyUnavailable }
            try copying.move(entry, to: destination.target, as: entry)
        } catch {
            _ = try? copying.removeFile(entry)
            throw error
        }
        do throws(Errno) {
            try destination.target.synchronize()
            guard file.reasonToStay(condition, isUnread: isUnread) == nil else {
                throw Errno.resourceTemporarilyUnavailable
            }
            try remove(name, of: source, ifIs: before, by: destination.aside) { file.isWanted(condition) }
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

    /// Whether opening a file for reading fails with `error` for what is none: a link or a socket.
    static func isNoFile(_ error: Errno) -> Bool {
        error == .tooManySymbolicLinkLevels || error == .noSuchAddressOrDevice
    }

    /// Removes the file that was copied, and no other that its publisher moved over it meanwhile.
    ///
    /// unlink(2) cannot be told which file is meant, so the file is set aside first. One that turns out to be another goes
    /// back; if there is a further one by then, its publisher has replaced it.
    private static func remove(
        _ name: FileName, of source: Directory, ifIs copied: FileStatus, by aside: FileName,
        unless isWanted: () -> Bool
    ) throws(Errno) {
        try source.move(name, to: source, as: aside)
        // From here on the copy may be all that there is: it stays, unless the file is back under its name.
        guard let found = (try? source.status(of: aside)) ?? nil else { return }
        let isSameFile = found.device == copied.device && found.inode == copied.inode
        let isWhole = found.size == copied.size && found.modified == copied.modified
        if isSameFile, isWhole, !isWanted() {
            // Who empties the directory may be quicker; what stays there is no event file and goes as residue.
            _ = try? source.removeFile(aside)
            return
        }
        do {
            try source.move(aside, to: source, as: name)
        } catch Errno.fileExists {
            _ = try? source.removeFile(aside)
        } catch {
            return
        }
        if isSameFile { throw .resourceTemporarilyUnavailable }
    }
}
