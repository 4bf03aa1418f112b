internal import SystemCalls
internal import SystemPackage

/// A new directory of the bench's own, which it fills and empties again.
final class ScratchDirectory: Sendable {
    let path: FilePath

    /// Makes the directory below `base`, which must exist.
    init(in base: FilePath) throws {
        path = base.appending("telltale-bench-\(Machine.processID())")
        do {
            _ = try Directory(at: base)
            _ = try Directory.make(at: path)
        } catch {
            throw BenchFailure("\(base) takes no scratch directory: \(error); name another with --scratch.")
        }
    }

    /// Makes a directory below, with those above it.
    func makeDirectory(_ name: String) throws -> Directory {
        do {
            return try Directory.make(at: path.appending(name))
        } catch {
            throw BenchFailure("\(path)/\(name) cannot be made: \(error)")
        }
    }

    /// Removes everything below.
    func empty() throws {
        do {
            try Self.removeEntries(of: Directory(at: path))
        } catch {
            throw BenchFailure("\(path) cannot be emptied: \(error)")
        }
    }

    /// Removes the directory with everything below.
    func remove() throws {
        try empty()
        guard let name = path.lastComponent, let parent = try? Directory(at: path.removingLastComponent()) else {
            return
        }
        try? parent.removeDirectory(FileName(name.string.utf8))
    }

    private static func removeEntries(of directory: Directory) throws(Errno) {
        let entries = try directory.entries()
        while true {
            let next = try entries.next()
            if next.isEmpty { return }
            for entry in next {
                if entry.kind == .directory {
                    try removeEntries(of: Directory(named: entry.name, in: directory))
                    try directory.removeDirectory(entry.name)
                } else {
                    try directory.removeFile(entry.name)
                }
            }
        }
    }
}
