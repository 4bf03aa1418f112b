internal import CLinux
internal import Glibc
package import SystemPackage

extension OwnedDescriptor {
    /// The kinds of local sockets.
    package enum LocalSocket: Sendable {
        case datagram
        case stream
    }

    /// A socket that is connected to the one at a path, without waiting for anybody: socket(2), connect(2).
    ///
    /// - Throws: what the kernel says where nobody holds that one (`connectionRefused`, `noSuchFileOrDirectory`), it may not be
    ///   spoken to (`permissionDenied`), or others wait there in such number that nobody can any more
    ///   (`resourceTemporarilyUnavailable`).
    package init(connectingTo path: FilePath, _ kind: LocalSocket) throws(Errno) {
        let type =
            (kind == .datagram ? SOCK_DGRAM : SOCK_STREAM).rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = OwnedDescriptor(
            owning: try retryingInterrupts { socket(AF_UNIX, CInt(bitPattern: type), 0) })
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = path.withPlatformString { name in
            withUnsafeMutableBytes(of: &address.sun_path) { place in
                let length = strlen(name)
                guard length < place.count else { return false }
                place.copyMemory(from: UnsafeRawBufferPointer(start: name, count: length))
                return true
            }
        }
        guard fits else { throw .fileNameTooLong }
        try retryingInterrupts {
            withUnsafePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor.rawValue, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
        self = descriptor
    }
}

extension OwnedDescriptor {
    /// Sets who may do what with the file: fchmod(2).
    package func setPermissions(_ mode: UInt32) throws(Errno) {
        try retryingInterrupts { fchmod(rawValue, mode) }
    }
}

extension FilePath {
    /// Sets who may connect to the socket at the path: chmod(2).
    ///
    /// - Throws: what the kernel said; `invalidArgument` where something else took the socket's place, a link for instance.
    package func setPermissionsOfSocket(_ mode: UInt32) throws(Errno) {
        let place = OwnedDescriptor(
            owning: try retryingInterrupts {
                withPlatformString { clinux_openat(AT_FDCWD, $0, clinux_open_path | O_NOFOLLOW | O_CLOEXEC, 0) }
            })
        guard try place.status().kind == .socket else { throw .invalidArgument }
        try retryingInterrupts { chmod("/proc/self/fd/\(place.rawValue)", mode) }
    }
}
