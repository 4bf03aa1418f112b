import Glibc
import ProgramTestKit
import SystemPackage

/// The other end of a socket that services send to, at a path of its own.
final class DatagramReceiver {
    let path: FilePath
    private let descriptor: CInt

    init() throws {
        path = FilePath("/tmp/telltale-systemd-\(getpid())-\(UInt64.random(in: 0 ... .max))")
        descriptor = socket(AF_UNIX, CInt(bitPattern: SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard SocketAddress(path.string).withPointer({ bind(descriptor, $0, $1) }) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    /// Sends itself datagrams until the kernel keeps no more of them.
    func fill() throws {
        let sender = socket(AF_UNIX, CInt(bitPattern: SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        defer { close(sender) }
        guard SocketAddress(path.string).withPointer({ connect(sender, $0, $1) }) == 0 else {
            throw Errno(rawValue: errno)
        }
        while send(sender, "x", 1, 0) == 1 {}
        guard errno == EAGAIN else { throw Errno(rawValue: errno) }
    }

    deinit {
        close(descriptor)
        unlink(path.string)
    }

    /// What was sent, in order; a datagram is there once the sender's call has returned.
    func received() -> [String] {
        var all: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { return all }
            all.append(String(decoding: buffer[..<count], as: UTF8.self))
        }
    }
}
