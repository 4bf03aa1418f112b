internal import SystemCalls
internal import SystemPackage

/// An open file, pipe or terminal that takes lines.
struct LineOutput: ~Copyable, Sendable {
    /// Bytes that the kernel is asked to hold for the reader of a pipe, who then needs fewer wake-ups.
    private static let pipeCapacity = 1_048_576
    /// How long a write waits for room in a pipe that does not block, in milliseconds, before that counts as a failure.
    private static let patience: CInt = 1000

    /// Nil for standard output.
    let path: FilePath?
    private let descriptor: OwnedDescriptor
    private let status: FileStatus

    /// Opens (or makes) the file at a path.
    static func opening(_ path: FilePath, repairing tornLine: TornLine) throws(OutputError) -> LineOutput {
        let descriptor: OwnedDescriptor
        do {
            descriptor = try OwnedDescriptor(appendingTo: path)
        } catch {
            throw OutputError(code: .cannotOpen, path: path, underlying: error)
        }
        let output = try LineOutput(of: descriptor, at: path)
        do {
            try output.repair(with: tornLine)
            try output.synchronizeDirectory()
        } catch {
            throw OutputError(code: .cannotPrepare, path: path, underlying: error)
        }
        return output
    }

    /// Takes over a descriptor; `path` is nil where it came without one.
    init(of descriptor: consuming OwnedDescriptor, at path: FilePath? = nil) throws(OutputError) {
        let status: FileStatus
        do {
            status = try descriptor.status()
        } catch {
            throw OutputError(code: .cannotPrepare, path: path, underlying: error)
        }
        // Above the user's limit the kernel refuses, and the pipe stays as it is.
        if status.kind == .fifo { try? descriptor.setPipeCapacity(Self.pipeCapacity) }
        self.status = status
        self.path = path
        self.descriptor = descriptor
    }

    var isRegularFile: Bool { status.kind == .regular }

    /// Writes what the kernel takes of `bytes`, at least one.
    ///
    /// It blocks as writing to a pipe does; where the pipe does not block it throws EAGAIN once nobody has read for a while.
    func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
        do {
            return try descriptor.write(bytes)
        } catch .resourceTemporarilyUnavailable {
            guard try descriptor.isWritable(within: Self.patience) else { throw .resourceTemporarilyUnavailable }
            return try descriptor.write(bytes)
        }
    }

    /// Makes what was written survive a power loss, where the output is a file.
    ///
    /// A file that was removed meanwhile (ENOENT) keeps nothing.
    func synchronize() throws(Errno) {
        guard isRegularFile else { return }
        try descriptor.synchronizeData()
        if path != nil, try descriptor.status().linkCount == 0 { throw .noSuchFileOrDirectory }
    }

    /// Whether the file is still the one that its path names: a rotation of logs renames or removes it.
    func isInPlace() -> Bool {
        guard isRegularFile, let path else { return true }
        do {
            let now = try FileStatus.ofPath(path)
            return now.device == status.device && now.inode == status.inode
        } catch {
            return error != .noSuchFileOrDirectory
        }
    }

    /// Cuts a torn last line off.
    private func repair(with tornLine: TornLine) throws(Errno) {
        guard isRegularFile, let path else { return }
        let reading = try OwnedDescriptor(reading: path)
        let other = try reading.status()
        // Renamed in between: the file that stands there now is no business of this output.
        guard other.device == status.device, other.inode == status.inode else { return }
        try tornLine.repair(descriptor, reading: reading)
    }

    /// Makes the file's name survive a power loss.
    private func synchronizeDirectory() throws(Errno) {
        guard isRegularFile, let path else { return }
        do {
            try OwnedDescriptor(reading: path.containingDirectory).synchronize()
        } catch .permissionDenied {
            // A directory that one may use but not read cannot be synchronised by us.
        } catch .tooManySymbolicLinkLevels {
            // The directory is reached through a link, as the operator wished; what it links to was there before.
        } catch .invalidArgument {
            // The file system does not synchronise directories.
        }
    }
}
