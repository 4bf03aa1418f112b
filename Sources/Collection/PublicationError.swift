package import SystemPackage

/// Why an event file could not be published.
package struct PublicationError: Error, Hashable, Sendable {
    /// What could not be done.
    package enum Code: Hashable, Sendable {
        /// The directory is not there and cannot be made, or may not be written; `missing` is the first of those above it
        /// that does not exist.
        case noDirectory(missing: FilePath?)
        /// A symbolic link stands where the directory or its handler's should; `path` is the link.
        case linkedDirectory
        /// The file could not be written.
        case cannotWrite
        /// All numbers that were tried are taken.
        case namesTaken
    }

    package let code: Code
    /// The directory of event files, if the code says nothing else.
    package let path: FilePath
    /// What the kernel said; nil when no system call failed.
    package let underlying: Errno?
}

extension PublicationError: CustomStringConvertible {
    /// What is wrong, and what helps.
    package var description: String {
        let reason = underlying.map { ": \($0)" } ?? ""
        return switch code {
        case .noDirectory(let missing?):
            "no event can be published into \(path), because \(missing) does not exist (only a last directory called "
                + "events is made where it is missing)"
        case .noDirectory(nil): "no event can be published into \(path)\(reason)"
        case .linkedDirectory: "\(path) is a symbolic link, which the service does not follow; a directory was expected"
        case .cannotWrite: "the event could not be written to \(path)\(reason)"
        case .namesTaken: "no free name was found in \(path)"
        }
    }
}
