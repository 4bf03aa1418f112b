internal import Glibc

/// Who is at the other end of a local socket, as the kernel saw it when the connection was made: SO_PEERCRED (unix(7)).
///
/// The layout is that of the kernel's `struct ucred`, which Glibc hides behind _GNU_SOURCE.
package struct PeerCredentials: BitwiseCopyable, Hashable, Sendable {
    package let processID: Int32
    package let user: UInt32
    package let group: UInt32

    /// The option's name, at the level of sockets.
    package static let option = CInt(SO_PEERCRED)
}
