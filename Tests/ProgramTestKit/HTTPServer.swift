import Foundation

/// A real HTTP server on loopback whose answers a test chooses.
///
/// Each connection has a thread, and is kept for further requests unless the client or the answer says otherwise.
package final class HTTPServer: Sendable {
    /// What a client asked for.
    package struct Request: Sendable {
        package let method: String
        /// The path with the query.
        package let target: String
        /// By their names in lower case.
        package let headers: [String: String]
        /// Whole, however it was framed.
        package let body: [UInt8]
        /// Which of the server's connections it came by; 1 is the first.
        package let connection: Int
    }

    /// What a client gets.
    package enum Reply: Sendable {
        case answer(status: Int = 200, headers: [String] = [], body: String)
        /// The same with a body that is no text.
        case bytes(status: Int = 200, headers: [String] = [], body: [UInt8])
        /// These bytes and nothing more; the connection stays open for as long as the server is there.
        case silence(after: String = "")
        /// These bytes, and then the connection's end.
        case end(after: String)
    }

    package let port: Int
    private let connections: HTTPServerConnections

    /// Listens on loopback, on any free port or on the one that is given; `reply` is called on the connections' threads and
    /// may block.
    package init(port: Int = 0, _ reply: @escaping @Sendable (Request) -> Reply) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var isReused: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else {
            let code = errno
            Glibc.close(listener)
            throw TestKitError("no server on port \(port): errno \(code)")
        }
        self.port = Int(address.sin_port.bigEndian)
        connections = HTTPServerConnections(of: listener, reply)
    }

    deinit {
        connections.close()
    }

    /// Listens no more, and ends every connection.
    package func close() {
        connections.close()
    }

    /// Ends every connection, and goes on listening.
    package func endConnections() {
        connections.endAll()
    }

    /// `127.0.0.1` with the port.
    package var endpoint: String { "127.0.0.1:\(port)" }

    /// The requests so far.
    package var requests: [Request] { connections.withLock { $0.received } }

    /// The number of connections so far, the ended ones included.
    package var connectionCount: Int { connections.withLock { $0.accepted } }

    /// The number of connections that are open now.
    package var openConnectionCount: Int { connections.withLock { $0.open.count } }

    /// Waits until `count` requests whose target begins with `prefix` have come.
    package func waitForRequests(_ count: Int, for prefix: String = "/") -> Bool {
        connections.wait { $0.received.count { $0.target.hasPrefix(prefix) } >= count }
    }

    /// Waits until exactly `count` connections are open.
    package func waitForOpenConnections(_ count: Int) -> Bool {
        connections.wait { $0.open.count == count }
    }
}
