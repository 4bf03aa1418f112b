package import SystemPackage

extension FilePath {
    /// The directory that the last component stands in: `.` for a path of that component alone.
    package var containingDirectory: FilePath {
        let parent = removingLastComponent()
        return parent.isEmpty ? "." : parent
    }
}
