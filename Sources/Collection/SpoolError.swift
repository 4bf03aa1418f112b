package import SystemPackage

/// Why the spool cannot be used.
package struct SpoolError: Error, Hashable, Sendable {
    /// What is wrong.
    package enum Code: Hashable, Sendable {
        case cannotOpen
        /// Another process works here; its lock file says which.
        case heldByAnother(holder: String)
    }

    package let code: Code
    package let path: FilePath
    /// What the kernel said; nil when no system call failed.
    package let underlying: Errno?

    init(_ code: Code, path: FilePath, underlying: Errno? = nil) {
        self.code = code
        self.path = path
        self.underlying = underlying
    }
}

extension SpoolError: CustomStringConvertible {
    package var description: String {
        switch code {
        case .cannotOpen:
            "the spool \(path) cannot be used: \(underlying.map(String.init(describing:)) ?? "unknown"); "
                + "name a directory that this user may write with --spool-dir"
        case .heldByAnother(let holder):
            "the spool \(path) is held by \(holder); stop that process, or name another directory with --spool-dir"
        }
    }
}
