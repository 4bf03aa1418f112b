internal import CLinux
internal import Glibc
internal import SystemCalls
internal import SystemPackage

/// Sockets on 127.0.0.1.
extension Kernel {
    /// How many connections may wait to be accepted.
    private static let backlog: CInt = 64

    /// A socket that listens on a free port: socket(2), bind(2), listen(2).
    static func listener() throws(Errno) -> OwnedDescriptor {
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let socket = OwnedDescriptor(owning: try retryingInterrupts { Glibc.socket(AF_INET, kind, 0) })
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        try withUnsafePointer(to: &address) { pointer throws(Errno) in
            _ = try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address throws(Errno) in
                try retryingInterrupts { bind(socket.rawValue, address, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
        }
        try retryingInterrupts { listen(socket.rawValue, backlog) }
        return socket
    }

    /// The port that a socket is bound to: getsockname(2).
    static func port(of socket: borrowing OwnedDescriptor) throws(Errno) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer throws(Errno) in
            _ = try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address throws(Errno) in
                try retryingInterrupts { getsockname(socket.rawValue, address, &length) }
            }
        }
        return Int(in_port_t(bigEndian: address.sin_port))
    }

    /// Waits for a client, to whom answers are sent at once: accept(2), TCP_NODELAY.
    ///
    /// Clients come only from programs that have been started, and no other is started meanwhile that could inherit the
    /// connection.
    static func accept(from listener: borrowing OwnedDescriptor) throws(Errno) -> OwnedDescriptor {
        let connection = OwnedDescriptor(
            owning: try retryingInterrupts { Glibc.accept(listener.rawValue, nil, nil) })
        try retryingInterrupts { clinux_fcntl(connection.rawValue, F_SETFD, Int(FD_CLOEXEC)) }
        var atOnce: CInt = 1
        try retryingInterrupts {
            setsockopt(
                connection.rawValue, CInt(IPPROTO_TCP), TCP_NODELAY, &atOnce, socklen_t(MemoryLayout<CInt>.size))
        }
        return connection
    }

    /// Lets no one connect any more, and ends a wait in ``accept(from:)``: shutdown(2).
    static func shutDown(_ listener: borrowing OwnedDescriptor) {
        // It fails only for what is no listening socket.
        _ = shutdown(listener.rawValue, CInt(SHUT_RDWR))
    }
}
