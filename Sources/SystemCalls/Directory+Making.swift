internal import Glibc
package import SystemPackage

extension Directory {
    /// Opens a directory that an operator configured, making it and those above it when they are missing.
    package static func make(at path: FilePath) throws(Errno) -> Directory {
        do {
            return try Directory(at: path)
        } catch Errno.noSuchFileOrDirectory {
            let parent = path.removingLastComponent()
            guard let name = path.lastComponent, !parent.isEmpty || path.isRelative else {
                throw Errno.noSuchFileOrDirectory
            }
            let above = try make(at: path.containingDirectory)
            try above.makeDirectory(FileName(name.string.utf8))
            return try Directory(at: path)
        }
    }
}
