import Foundation

/// One connection of an `HTTPServer`, whose bytes it reads and writes.
final class HTTPServerConnection {
    let descriptor: Int32
    /// Whether the last reply was silence.
    private(set) var isToStayOpen = false
    private let number: Int
    /// What came and is not taken yet.
    private var pending: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(_ descriptor: Int32, number: Int) {
        self.descriptor = descriptor
        self.number = number
    }

    /// Reads the next request with its body; nil when the client went before its end, and for what is no request.
    func readRequest() -> HTTPServer.Request? {
        guard let first = readLine() else { return nil }
        let words = first.components(separatedBy: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        while true {
            guard let line = readLine() else { return nil }
            guard let colon = line.firstIndex(of: ":") else { break }
            headers[line[..<colon].lowercased()] =
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        guard let body = readBody(headers) else { return nil }
        return HTTPServer.Request(
            method: words[0], target: words[1], headers: headers, body: body, connection: number)
    }

    /// Writes a reply, and tells whether another request may come.
    func send(_ reply: HTTPServer.Reply, isLast: Bool) -> Bool {
        switch reply {
        case .answer(let status, let headers, let body):
            return send(status: status, headers: headers, body: Array(body.utf8), isLast: isLast)
        case .bytes(let status, let headers, let body):
            return send(status: status, headers: headers, body: body, isLast: isLast)
        case .end(let text):
            _ = write(Array(text.utf8))
            return false
        case .silence(let text):
            isToStayOpen = write(Array(text.utf8))
            return false
        }
    }

    private func send(status: Int, headers: [String], body: [UInt8], isLast: Bool) -> Bool {
        var lines = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.count)"] + headers
        let saysClose = headers.contains { $0.lowercased() == "connection: close" }
        if isLast && !saysClose { lines.append("Connection: close") }
        return write(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body) && !isLast && !saysClose
    }

    private func readBody(_ headers: [String: String]) -> [UInt8]? {
        guard headers["transfer-encoding"]?.lowercased() == "chunked" else {
            return read(Int(headers["content-length"] ?? "0") ?? 0)
        }
        var body: [UInt8] = []
        while true {
            guard let line = readLine(), let size = Int(line.prefix { $0 != ";" }, radix: 16) else { return nil }
            guard let chunk = read(size), readLine() == "" else { return nil }
            if size == 0 { return body }
            body += chunk
        }
    }

    /// Up to the next line end, without it.
    private func readLine() -> String? {
        var searched = 0
        while true {
            if let end = pending[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                let line = pending[..<end]
                return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
            }
            searched = pending.count
            guard readMore() else { return nil }
        }
    }

    private func read(_ count: Int) -> [UInt8]? {
        pending.reserveCapacity(count)
        while pending.count < count {
            guard readMore() else { return nil }
        }
        defer { pending.removeSubrange(..<count) }
        return Array(pending[..<count])
    }

    private func readMore() -> Bool {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return false }
        pending += buffer[..<count]
        return true
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
