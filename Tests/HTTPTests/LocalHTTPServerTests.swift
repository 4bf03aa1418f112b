import Foundation
import HTTP
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@Suite struct LocalHTTPServerTests {
    private let scratch: ScratchDirectory
    private let client = HTTPClient()

    init() throws { scratch = try ScratchDirectory() }

    private var path: String { scratch("socket") }

    private func server(_ respond: @escaping LocalHTTPServer.Responder) -> LocalHTTPServer {
        LocalHTTPServer(on: client, respond: respond)
    }

    private func ask(_ target: String, by method: HTTPRequest.Method = .get) throws(HTTPFailure) -> HTTPAnswer {
        let options = HTTPSession.Options(connections: .oneEach, localSocket: path)
        return try HTTPSession(client, limits: .wide, options: options)
            .exchange(HTTPRequest(method, to: HTTPOrigin(host: "localhost", port: 80), target: target))
    }

    private static let echo: LocalHTTPServer.Responder = { request, answer in
        answer { HTTPAnswer(status: 200, body: Array("\(request.method) \(request.target)".utf8)) }
    }

    @Test func aRequestIsAnsweredAndItsSenderIsKnown() throws {
        let server = server { request, answer in
            let peer = request.peer.map { "\($0.user) \($0.group) \($0.processID)" } ?? "unknown"
            answer { HTTPAnswer(status: 202, body: Array("\(request.method) \(request.target) \(peer)".utf8)) }
        }
        try server.start(at: FilePath(path))
        let answer = try ask("/a?b", by: .post)
        #expect(answer.status == 202)
        #expect(String(decoding: answer.body, as: UTF8.self) == "POST /a?b \(geteuid()) \(getegid()) \(getpid())")
        server.stop(within: .seconds(1))
    }

    @Test func anotherProgramCanAsk() throws {
        let server = server(Self.echo)
        try server.start(at: FilePath(path))
        let script = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
            s.sendall(b"GET /x HTTP/1.1\\r\\nHost: h\\r\\n\\r\\n")
            d = b""
            while (b := s.recv(4096)): d += b
            print(d.decode().split("\\r\\n")[0], d.decode().split("\\r\\n\\r\\n")[1])
            """
        let (exit, output) = try OtherCommand.run(["python3", "-c", script, path])
        #expect(exit == 0)
        #expect(output == "HTTP/1.1 200 OK GET /x\n")
        server.stop(within: .seconds(1))
    }

    @Test func onlyTheOwnerAndTheGroupMayConnect() throws {
        let server = server(Self.echo)
        try server.start(at: FilePath(path))
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o660)
        server.stop(within: .seconds(1))
    }

    @Test func anAbandonedSocketIsReplaced() throws {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        #expect(SocketAddress(path).withPointer { bind(descriptor, $0, $1) } == 0)
        close(descriptor)
        let server = server(Self.echo)
        try server.start(at: FilePath(path))
        #expect(try ask("/").status == 200)
        server.stop(within: .seconds(1))
    }

    @Test func aSocketThatIsAnsweredAndAFileAreLeftAlone() throws {
        let first = server(Self.echo)
        try first.start(at: FilePath(path))
        #expect(throws: Errno.addressInUse) { try server(Self.echo).start(at: FilePath(path)) }
        #expect(try ask("/").status == 200)
        first.stop(within: .seconds(1))
        let file = scratch("file")
        try "kept".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(throws: Errno.addressInUse) { try server(Self.echo).start(at: FilePath(file)) }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "kept")
        #expect(throws: Errno.noSuchFileOrDirectory) { try server(Self.echo).start(at: FilePath(scratch("no/socket"))) }
    }

    @Test func aStopLetsTheAnswerThatIsUnderWayOut() throws {
        let pending = Monitor<LocalHTTPServer.Answerer?>(nil)
        let server = server { _, answer in
            pending.withLock { $0 = answer }
            pending.wake()
        }
        try server.start(at: FilePath(path))
        let outcome = Monitor<Int?>(nil)
        try Thread(named: "asker") { [self] in
            let status = (try? ask("/"))?.status ?? 0
            outcome.withLock { $0 = status }
            outcome.wake()
        }.detach()
        let answer = pending.wait { $0 }
        try Thread(named: "answerer") { answer { HTTPAnswer(status: 200) } }.detach()
        server.stop(within: .seconds(60))
        #expect(outcome.wait { $0 } == 200)
    }

    @Test func beyondTheBoundConnectionsAreClosedAndLaterOnesServedAgain() throws {
        let server = server(Self.echo)
        try server.start(at: FilePath(path))
        // Nothing is asked on these: each takes a place.
        var idle: [OwnedConnection] = []
        for _ in 0..<16 { idle.append(try OwnedConnection(to: path)) }
        let beyond = try OwnedConnection(to: path)
        #expect(eventually { beyond.isClosedByPeer })
        #expect(!idle.contains { $0.isClosedByPeer })
        idle = []
        #expect(eventually { (try? ask("/").status) == 200 })
        server.stop(within: .seconds(1))
    }

    @Test func whoSpeaksNoHTTPIsLeft() throws {
        let server = server(Self.echo)
        try server.start(at: FilePath(path))
        let other = try OwnedConnection(to: path)
        other.write("\u{1}\u{2} no HTTP at all\r\n\r\n")
        #expect(eventually { other.isClosedByPeer })
        server.stop(within: .seconds(1))
    }
}

/// A connection of the test's that asks nothing by itself.
private final class OwnedConnection {
    private let descriptor: CInt

    init(to path: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        guard SocketAddress(path).withPointer({ [descriptor] in connect(descriptor, $0, $1) }) == 0 else {
            throw TestKitError("connect \(path): errno \(errno)")
        }
    }

    deinit { close(descriptor) }

    func write(_ text: String) {
        _ = text.withCString { send(descriptor, $0, strlen($0), CInt(MSG_NOSIGNAL)) }
    }

    /// Also after an answer, which is read and left aside.
    var isClosedByPeer: Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, CInt(MSG_DONTWAIT))
            if count > 0 { continue }
            return count == 0 || errno == ECONNRESET
        }
    }
}
