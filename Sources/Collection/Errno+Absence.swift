internal import SystemPackage

extension Errno {
    /// Whether the kernel said that no directory of this name is there, and not that it cannot be opened just now.
    var saysThereIsNone: Bool {
        self == .noSuchFileOrDirectory || self == .notDirectory || self == .tooManySymbolicLinkLevels
    }
}
