package import SystemPackage

/// Whose word a session takes that a server is the one that it asked.
package enum TLSTrust: Hashable, Sendable {
    /// The authorities that the system trusts.
    case system
    /// Those of a file in PEM, and no others.
    case file(FilePath)
}
