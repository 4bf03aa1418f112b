import HTTP
import ProgramTestKit
import Testing

@Suite struct ExchangeTests {
    private func ask(
        _ server: HTTPServer, _ target: String = "/", headers: [HTTPHeader] = [], limits: HTTPLimits = .wide
    ) -> Result<HTTPAnswer, HTTPFailure> {
        Result { () throws(HTTPFailure) in
            try HTTPSession(HTTPClient(), limits: limits).exchange(
                HTTPRequest(to: HTTPOrigin(server), target: target, headers: headers))
        }
    }

    @Test func theServerGetsTargetAndHeadersAndTheAskerStatusAndBody() throws {
        let server = try HTTPServer { _ in .answer(status: 203, body: "grüße") }
        let answer = try ask(server, "/a?b=c&d=e%20f", headers: [HTTPHeader("Metadata", "true")]).get()
        #expect(answer.status == 203)
        #expect(answer.body == Array("grüße".utf8))
        let request = try #require(server.requests.first)
        #expect(request.method == "GET")
        #expect(request.target == "/a?b=c&d=e%20f")
        #expect(request.headers["metadata"] == "true")
        #expect(request.headers["host"] == server.endpoint)
    }

    @Test func anAnswerWithoutALengthEndsWithItsConnection() throws {
        let server = try HTTPServer { _ in .end(after: "HTTP/1.1 200 OK\r\n\r\nall of it") }
        #expect(try ask(server).get().body == Array("all of it".utf8))
    }

    @Test func anAnswerInChunksIsPutTogether() throws {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        let server = try HTTPServer { _ in .end(after: text) }
        #expect(try ask(server).get().body == Array("abcde".utf8))
    }

    @Test func aRedirectIsAnAnswerAndIsNotFollowed() throws {
        let elsewhere = try HTTPServer { _ in .answer(body: "elsewhere") }
        let location = "Location: http://\(elsewhere.endpoint)/"
        let server = try HTTPServer { _ in .answer(status: 302, headers: [location], body: "") }
        #expect(try ask(server).get().status == 302)
        #expect(elsewhere.requests.isEmpty)
    }

    @Test func nobodyThereIsAFailureToConnect() throws {
        let server = try HTTPServer { _ in .answer(body: "") }
        server.close()
        #expect(ask(server) == .failure(.cannotConnect(reason: "Connection refused")))
    }

    @Test func aNameThatIsNotKnownIsNamed() throws {
        // A label this long can be no name, so that no server is asked for it.
        let name = String(repeating: "x", count: 64)
        let request = HTTPRequest(to: HTTPOrigin(host: name, port: 80), target: "/")
        let failure = #expect(throws: HTTPFailure.self) {
            try HTTPSession(HTTPClient(), limits: .wide).exchange(request)
        }
        #expect(failure == .cannotConnect(reason: "the name \(name) is not known"))
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"])
    func silenceEndsAtTheTimeOfTheLimits(after text: String) throws {
        let server = try HTTPServer { _ in .silence(after: text) }
        #expect(ask(server, limits: .brief) == .failure(.timedOut(after: HTTPLimits.brief.time)))
    }

    @Test func halfAnAnswerIsNone() throws {
        let server = try HTTPServer { _ in .end(after: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") }
        #expect(ask(server) == .failure(.broken(reason: "the connection was closed before the answer's end")))
    }

    @Test func aConnectionThatEndsWithoutAWordIsNoAnswer() throws {
        let server = try HTTPServer { _ in .end(after: "") }
        #expect(ask(server) == .failure(.broken(reason: "the connection was closed before the answer's end")))
    }

    @Test func whatIsNoHTTPIsNoAnswer() throws {
        let server = try HTTPServer { _ in .end(after: "SSH-2.0-OpenSSH_9.2\r\n") }
        guard case .failure(.broken) = ask(server) else {
            Issue.record("an answer was made of it")
            return
        }
    }

    @Test(arguments: ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nX: "])
    func anAnswerBeyondTheLimitIsRefusedHeadAndBodyAlike(start: String) throws {
        let text = start + String(repeating: "x", count: 5000)
        let server = try HTTPServer { _ in .silence(after: text) }
        let limits = HTTPLimits(time: .seconds(60), answerSize: 4096)
        #expect(ask(server, limits: limits) == .failure(.tooLarge(limit: 4096)))
    }

    @Test func anAnswerOfTheLimitIsTaken() throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        let text = head + String(repeating: "x", count: 1000)
        let server = try HTTPServer { _ in .end(after: text) }
        let limits = HTTPLimits(time: .seconds(60), answerSize: text.utf8.count)
        #expect(try ask(server, limits: limits).get().body.count == 1000)
    }

    @Test func aHeaderThatWouldBeTwoIsNotSent() throws {
        let server = try HTTPServer { _ in .answer(body: "") }
        guard case .failure(.broken) = ask(server, headers: [HTTPHeader("A", "b\r\nC: d")]) else {
            Issue.record("it was sent")
            return
        }
        #expect(server.requests.isEmpty)
    }
}
