internal import SystemCalls
internal import SystemPackage

/// Roots that are waited for: they may be missing, and so may what is above them.
extension DirectoryWatches {
    /// Opens a root; while it is missing, the nearest directory above it is watched instead, and the answer is nil.
    ///
    /// - Throws: what the kernel said, when it did not say that the root is missing.
    mutating func open(_ path: FilePath, _ root: WatchTable.Root, now: UInt64) throws(Errno) -> Directory? {
        while true {
            do {
                let found = try Directory(at: path)
                unwatch(.above(root))
                return found
            } catch Errno.noSuchFileOrDirectory {
                if try watchAbove(path, root, now: now) == .stillMissing { return nil }
            }
        }
    }

    /// What became of a missing root while a directory above it was found and watched.
    private enum MissingRoot {
        case stillMissing
        /// The next part of its path is there now.
        case nearer
    }

    /// Watches the nearest existing directory above a missing root.
    private mutating func watchAbove(
        _ path: FilePath, _ root: WatchTable.Root, now: UInt64
    ) throws(Errno) -> MissingRoot {
        var missing = path
        while true {
            let parent = missing.removingLastComponent()
            guard parent != missing else { return .stillMissing }
            do {
                let directory = try Directory(at: missing.containingDirectory)
                watch(directory, as: .above(root), now: now)
                return (try? Directory(at: missing)) == nil ? .stillMissing : .nearer
            } catch Errno.noSuchFileOrDirectory {
                missing = parent
            }
        }
    }
}
