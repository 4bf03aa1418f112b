package import SystemPackage

extension FilePath {
    /// Who may read a file that is replaced.
    package enum Readers: UInt32, Sendable {
        case ownerAndGroup = 0o640
        case everybody = 0o644
    }

    /// Puts text into a regular file in one step, so that a reader sees the old or the new one whole.
    ///
    /// - Throws: what the kernel said; `invalidArgument` for a device, a link or a FIFO, which is not to be replaced.
    package func replaceContents(with text: String, readers: Readers = .ownerAndGroup) throws(Errno) {
        guard let name = lastComponent else { throw .isDirectory }
        let directory = try Directory(at: containingDirectory)
        let target = FileName(name.string.utf8)
        if let status = try directory.status(of: target), status.kind != .regular { throw .invalidArgument }
        let temporary = FileName("\(name.string).new".utf8)
        let file = try directory.openAnew(temporary)
        try file.writeAll(Array(text.utf8))
        try file.setPermissions(readers.rawValue)
        try directory.replace(target, with: temporary)
    }
}
