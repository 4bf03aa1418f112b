import Foundation

/// A real HTTP server on loopback whose answers a test chooses; each connection has a thread and one request.
package final class HTTPServer: @unchecked Sendable {
    // Unchecked: `condition` guards all that changes.
    /// What a client asked for.
    package struct Request: Sendable {
        package let method: String
        /// The path with the query.
        package let target: String
        /// By their names in lower case.
        package let headers: [String: String]
    }

    /// What a client gets.
    package enum Reply: Sendable {
        case answer(status: Int = 200, headers: [String] = [], body: String)
        /// These bytes and nothing more; the connection stays open for as long as the server is there.
        case silence(after: String = "")
        /// These bytes, and then the connection's end.
        case end(after: String)
    }

    package let port: Int
    private let listener: Int32
    private let condition = NSCondition()
    private var received: [Request] = []
    private var open: Set<Int32> = []
    private var isClosed = false

    /// Listens on loopback, on any free port or on the one that is given; `reply` is called on the connections' threads and
    /// may block.
    package init(port: Int = 0, _ reply: @escaping @Sendable (Request) -> Reply) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var isReused: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { [listener] address in
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
        let listener = listener
        Thread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                guard let server = self, server.take(connection) else {
                    Glibc.close(connection)
                    return
                }
                Thread { server.serve(connection, reply) }.start()
            }
        }.start()
    }

    deinit {
        close()
    }

    /// Listens no more, and ends every connection.
    package func close() {
        condition.withLock {
            guard !isClosed else { return }
            isClosed = true
            // What waits in accept or read returns; a closed descriptor alone would leave it waiting.
            shutdown(listener, Int32(SHUT_RDWR))
            Glibc.close(listener)
            for connection in open { shutdown(connection, Int32(SHUT_RDWR)) }
            condition.broadcast()
        }
    }

    /// `127.0.0.1` with the port.
    package var endpoint: String { "127.0.0.1:\(port)" }

    /// The requests so far.
    package var requests: [Request] { condition.withLock { received } }

    /// Waits until `count` requests whose target begins with `prefix` have come.
    package func waitForRequests(_ count: Int, for prefix: String = "/") -> Bool {
        let deadline = Date(timeIntervalSinceNow: patience)
        condition.lock()
        defer { condition.unlock() }
        while received.count(where: { $0.target.hasPrefix(prefix) }) < count {
            if !condition.wait(until: deadline) { return false }
        }
        return true
    }

    private func take(_ connection: Int32) -> Bool {
        condition.withLock {
            if !isClosed { open.insert(connection) }
            return !isClosed
        }
    }

    private func serve(_ connection: Int32, _ reply: (Request) -> Reply) {
        defer {
            condition.withLock { _ = open.remove(connection) }
            Glibc.close(connection)
        }
        guard let request = Self.readRequest(from: connection) else { return }
        condition.withLock {
            received.append(request)
            condition.broadcast()
        }
        switch reply(request) {
        case .answer(let status, let headers, let body):
            let lines =
                ["HTTP/1.1 \(status) Status", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
            Self.write(lines.joined(separator: "\r\n") + "\r\n\r\n" + body, to: connection)
        case .end(let text):
            Self.write(text, to: connection)
        case .silence(let text):
            Self.write(text, to: connection)
            condition.lock()
            while !isClosed { condition.wait() }
            condition.unlock()
        }
    }

    /// Reads up to the empty line; nil when the client went before.
    private static func readRequest(from connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !String(decoding: bytes, as: UTF8.self).contains("\r\n\r\n") {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { break }
            headers[line[..<colon].lowercased()] =
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return Request(method: words[0], target: words[1], headers: headers)
    }

    private static func write(_ text: String, to connection: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
