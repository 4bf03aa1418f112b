internal import SystemCalls
internal import SystemPackage

/// Claims a file from another mount: a copy that is durable before the source goes.
enum FileCopy {
    /// Bytes copied at once.
    private static let pieceSize = 262_144

    /// Copies the file by way of `copying`, makes the copy and its entry durable, then removes the source.
    ///
    /// False when the source is gone.
    ///
    /// After a crash the file is at its source, or in the target, or in both; then it is claimed a second time, under
    /// another id, which is the price of not having a rename.
    static func move(
        _ name: FileName, from source: Directory, through copying: Directory, to target: Directory, as entry: FileName,
        evenWhileWritten: Bool
    ) throws(Errno) -> Bool {
        let original: OwnedDescriptor
        do {
            original = try source.openForReading(name)
        } catch Errno.noSuchFileOrDirectory {
            return false
        }
        if !evenWhileWritten, original.writers() == .some { throw .resourceTemporarilyUnavailable }
        let before = try original.status()
        let copy = try copying.openForWriting(entry, .new)
        do throws(Errno) {
            try transfer(original, to: copy)
            try copy.setModified(before.modified)
            try copy.synchronize()
            // What changed meanwhile is being written.
            guard try original.status() == before, try source.status(of: name) == before else {
                throw Errno.resourceTemporarilyUnavailable
            }
            try copying.move(entry, to: target, as: entry)
            try target.synchronize()
        } catch {
            _ = try? copying.removeFile(entry)
            throw error
        }
        try source.removeFile(name)
        return true
    }

    private static func transfer(
        _ original: borrowing OwnedDescriptor, to copy: borrowing OwnedDescriptor
    ) throws(Errno) {
        while true {
            let piece = try original.readAll(limit: pieceSize)
            if piece.isEmpty { return }
            try copy.writeAll(piece)
        }
    }
}
