internal import Glibc
internal import SystemCalls
package import SystemPackage

/// Journald's socket, asked only what sd_journal_sendv(3) does not tell: that answers success where nobody holds it, and
/// blocks for as long as whoever does reads nothing.
package struct JournalSocket: Sendable {
    package let path: FilePath

    package init(path: FilePath = "/run/systemd/journal/socket") {
        self.path = path
    }

    /// Connects to the socket and lets go again; throws what the kernel says where journald is absent.
    package func check() throws(Errno) {
        _ = try connected()
    }

    /// Whether journald has room for an entry now; throws what the kernel says where it is absent.
    ///
    /// Another process may take the room between this answer and the entry; then the entry waits after all.
    package func hasRoom() throws(Errno) -> Bool {
        try connected().isWritable(within: 0)
    }

    private func connected() throws(Errno) -> OwnedDescriptor {
        let kind = CInt(bitPattern: SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = OwnedDescriptor(owning: try retryingInterrupts { socket(AF_UNIX, kind, 0) })
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
        return descriptor
    }
}
