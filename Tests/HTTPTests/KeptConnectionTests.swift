import Foundation
import HTTP
import ProgramTestKit
import Testing

@Suite struct KeptConnectionTests {
    private let session = HTTPSession(HTTPClient(), limits: .wide)

    @Test func exchangesShareOneConnection() throws {
        let server = try HTTPServer { .answer(body: $0.target) }
        for round in 0..<20 {
            #expect(try session.ask(server, "/\(round)").get().body == Array("/\(round)".utf8))
        }
        #expect(server.connectionCount == 1)
        #expect(server.requests.allSatisfy { $0.headers["connection"] == nil })
    }

    @Test func aSessionThatKeepsNoneClosesEachConnectionAndSaysSo() throws {
        let server = try HTTPServer { _ in .silence(after: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        let session = HTTPSession(
            HTTPClient(), limits: .wide, options: HTTPSession.Options(connections: .oneEach))
        for _ in 0..<3 { #expect(try session.ask(server).get().status == 200) }
        #expect(server.connectionCount == 3)
        #expect(server.requests.allSatisfy { $0.headers["connection"] == "close" })
        #expect(try eventually { try TCPTable.openConnections(to: server.port) == 0 })
    }

    @Test func anotherServerTakesThePlaceOfTheConnectionBefore() throws {
        let first = try HTTPServer { _ in .answer(body: "first") }
        let second = try HTTPServer { _ in .answer(body: "second") }
        #expect(try session.ask(first).get().body == Array("first".utf8))
        #expect(try session.ask(second).get().body == Array("second".utf8))
        #expect(first.waitForOpenConnections(0))
        #expect(try session.ask(first).get().body == Array("first".utf8))
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    ])
    func aConnectionThatTheServerMeansToCloseIsNotUsedAgain(answer: String) throws {
        let server = try HTTPServer { _ in .silence(after: answer) }
        #expect(try session.ask(server).get().status == 200)
        #expect(try session.ask(server).get().status == 200)
        #expect(server.connectionCount == 2)
    }

    @Test func aConnectionThatTheServerClosesIsDroppedAtOnce() throws {
        let server = try HTTPServer { _ in .answer(body: "") }
        #expect(try session.ask(server).get().status == 200)
        #expect(try TCPTable.openConnections(to: server.port) == 1)
        server.endConnections()
        #expect(try eventually { try TCPTable.openConnections(to: server.port) == 0 })
        #expect(try session.ask(server).get().status == 200)
        #expect(server.connectionCount == 2)
    }

    @Test func aServerThatSpeaksUnaskedLosesItsConnection() throws {
        let server = try HTTPServer { _ in
            .silence(after: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 Bad\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(try session.ask(server).get().status == 200)
        #expect(try eventually { try TCPTable.openConnections(to: server.port) == 0 })
    }

    @Test func aRequestThatAKeptConnectionSwallowsIsSentOnceMore() throws {
        let server = try HTTPServer {
            $0.target == "/swallow" && $0.connection == 1 ? .end(after: "") : .answer(body: "")
        }
        #expect(try session.ask(server, "/").get().status == 200)
        #expect(try session.ask(server, "/swallow").get().status == 200)
        #expect(server.requests.map(\.target) == ["/", "/swallow", "/swallow"])
        #expect(server.requests.map(\.connection) == [1, 1, 2])
    }

    @Test func itIsSentNoThirdTime() throws {
        let server = try HTTPServer { $0.target == "/swallow" ? .end(after: "") : .answer(body: "") }
        #expect(try session.ask(server, "/").get().status == 200)
        #expect(session.ask(server, "/swallow") == .failure(.broken(reason: endedEarly)))
        #expect(server.requests.map(\.target) == ["/", "/swallow", "/swallow"])
    }

    @Test func aRequestThatAFreshConnectionSwallowsIsNotSentAgain() throws {
        let server = try HTTPServer { _ in .end(after: "") }
        #expect(session.ask(server) == .failure(.broken(reason: endedEarly)))
        #expect(server.requests.count == 1)
    }

    @Test func aRequestWhoseAnswerBeganIsNotSentAgain() throws {
        let half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
        let server = try HTTPServer { $0.target == "/half" ? .end(after: half) : .answer(body: "") }
        #expect(try session.ask(server, "/").get().status == 200)
        #expect(session.ask(server, "/half") == .failure(.broken(reason: endedEarly)))
        #expect(server.requests.map(\.target) == ["/", "/half"])
    }

    @Test func aServerThatGaveUpWaitingAsTheRequestCameIsAskedOnceMore() throws {
        let timeout = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        let server = try HTTPServer { $0.target == "/late" ? .end(after: timeout) : .answer(body: "") }
        #expect(try session.ask(server, "/").get().status == 200)
        #expect(try session.ask(server, "/late").get().status == 408)
        #expect(server.requests.map(\.connection) == [1, 1, 2])
    }

    @Test(.enabled(if: PythonServer.isAvailable, "python3 is not installed"))
    func aConnectionOfWhichTheServerLeftTheRequestsRestIsNotUsedAgain() throws {
        let server = try PythonServer(
            """
            import socket
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            kept = []
            while True:
                client, _ = listener.accept()
                kept.append(client)
                client.recv(1000)
                client.sendall(b"HTTP/1.1 413 Too much\\r\\nContent-Length: 1\\r\\n\\r\\n%d" % len(kept))
            """)
        // More than the kernel's buffers hold.
        let request = HTTPRequest(
            .post, to: HTTPOrigin(host: "127.0.0.1", port: server.port), target: "/",
            body: [UInt8](repeating: 0, count: 32 << 20))
        for number in 1...2 {
            let answer = try session.exchange(request)
            #expect(answer.status == 413)
            #expect(answer.body == Array("\(number)".utf8))
        }
    }

    @Test func afterAFailureTheNextExchangeHasAFreshConnection() throws {
        let server = try HTTPServer {
            $0.target == "/nonsense" ? .silence(after: "nonsense\r\n\r\n") : .answer(body: "")
        }
        #expect(try session.ask(server, "/").get().status == 200)
        #expect(throws: HTTPFailure.self) { try session.ask(server, "/nonsense").get() }
        #expect(try session.ask(server, "/").get().status == 200)
        #expect(server.requests.map(\.connection) == [1, 1, 2])
    }

    @Test func afterATimeoutTheNextExchangeHasAFreshConnection() throws {
        let server = try HTTPServer { $0.target == "/silence" ? .silence() : .answer(body: "") }
        let session = HTTPSession(HTTPClient(), limits: .brief)
        #expect(session.ask(server, "/silence") == .failure(.timedOut(after: HTTPLimits.brief.time)))
        // On a busy machine one of these may time out, too.
        #expect(eventually { (try? session.ask(server).get())?.status == 200 })
        let connection = try #require(server.requests.first { $0.target == "/silence" }).connection
        #expect(server.requests.filter { $0.connection == connection }.count == 1)
    }

    @Test func aConnectionThatWasIdleForTooLongIsNotUsedAgain() throws {
        let limits = HTTPLimits(time: .seconds(60), answerSize: 1 << 20, idleTime: .zero)
        let session = HTTPSession(HTTPClient(), limits: limits)
        let server = try HTTPServer { _ in .answer(body: "") }
        #expect(try session.ask(server).get().status == 200)
        #expect(try session.ask(server).get().status == 200)
        #expect(server.requests.map(\.connection) == [1, 2])
        #expect(server.waitForOpenConnections(1))
    }

    @Test func theConnectionEndsWithItsSession() throws {
        let server = try HTTPServer { _ in .answer(body: "") }
        let client = HTTPClient()
        do {
            let session = HTTPSession(client, limits: .wide)
            #expect(try session.ask(server).get().status == 200)
        }
        #expect(server.waitForOpenConnections(0))
    }

    @Test func aSecondExchangeAtTheSameTimeEndsTheProcessWithASentence() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let server = try HTTPServer { _ in .silence() }
            let session = HTTPSession(HTTPClient(), limits: .wide)
            Thread { _ = session.ask(server, "/first") }.start()
            _ = server.waitForRequests(1)
            _ = session.ask(server, "/second")
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("A session serves one exchange at a time."))
    }

    private let endedEarly = "the connection was closed before the answer's end"
}
