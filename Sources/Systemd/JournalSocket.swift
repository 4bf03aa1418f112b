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

    /// Whether journald has room for an entry now, or soon; throws what the kernel says where it is absent.
    ///
    /// Another process may take the room between this answer and the entry; then the entry waits after all.
    package func hasRoom(within milliseconds: CInt) throws(Errno) -> Bool {
        try connected().isWritable(within: milliseconds)
    }

    private func connected() throws(Errno) -> OwnedDescriptor {
        try OwnedDescriptor(connectingTo: path, .datagram)
    }
}
