package import SystemPackage

/// An output that a sink cannot use, with what the kernel said.
package struct OutputError: Error, Hashable, Sendable {
    /// What was tried.
    package enum Code: Hashable, Sendable {
        case cannotOpen
        /// The output could not be examined, or its torn last line not cut off.
        case cannotPrepare
    }

    package let code: Code
    /// Nil for standard output.
    package let path: FilePath?
    package let underlying: Errno
}

extension OutputError: CustomStringConvertible {
    /// What a message names it by.
    package var description: String {
        let place = path.map(String.init(decoding:)) ?? "standard output"
        let trial =
            switch code {
            case .cannotOpen: "cannot open"
            case .cannotPrepare: "cannot prepare"
            }
        if underlying == .tooManySymbolicLinkLevels {
            return "\(trial) \(place): it is a symbolic link, which is not followed"
        }
        return "\(trial) \(place): \(underlying)"
    }
}
