import HTTP
import ProgramTestKit
import SystemPackage
import Testing

@Suite struct ProxyTests {
    private func session(by proxy: HTTPProxy, trust: TLSTrust = .system) -> HTTPSession {
        HTTPSession(HTTPClient(), limits: .wide, options: HTTPSession.Options(proxy: proxy, trust: trust))
    }

    /// As the environment tells it.
    private func proxy(_ text: String) throws -> HTTPProxy {
        try #require(
            try ProxyEnvironment(variables: ["all_proxy": text]).proxy(
                for: HTTPOrigin(host: "collector.example", port: 1)))
    }

    private func ask(_ origin: HTTPOrigin, by session: HTTPSession) -> Result<String, HTTPFailure> {
        Result { () throws(HTTPFailure) in
            String(
                decoding: try session.exchange(HTTPRequest(.post, to: origin, target: "/v1/logs?a")).body, as: UTF8.self
            )
        }
    }

    @Test func aPlainRequestTellsTheProxyTheWholeURL() throws {
        let server = try HTTPServer { _ in .answer(body: "taken") }
        let session = session(by: try proxy("http://\(server.endpoint)"))
        #expect(ask(HTTPOrigin(host: "collector.example", port: 80), by: session) == .success("taken"))
        #expect(ask(HTTPOrigin(host: "collector.example", port: 4318), by: session) == .success("taken"))
        #expect(
            server.requests.map(\.target)
                == ["http://collector.example/v1/logs?a", "http://collector.example:4318/v1/logs?a"])
        #expect(server.requests.map { $0.headers["host"] } == ["collector.example", "collector.example:4318"])
        #expect(server.requests.allSatisfy { $0.headers["proxy-authorization"] == nil })
    }

    @Test(arguments: [
        ("user:password", "dXNlcjpwYXNzd29yZA=="), ("user", "dXNlcjo="), ("u:p", "dTpw"),
        ("u%40x:p%3Aq%2", "dUB4OnA6cSUy"),
        (":", "Og=="), ("\u{FC}:%FC", "w7w6/A=="),
    ])
    func credentialsGoToTheProxy(credentials: String, encoded: String) throws {
        let server = try HTTPServer { _ in .answer(body: "taken") }
        let session = session(by: try proxy("http://\(credentials)@\(server.endpoint)"))
        #expect(ask(HTTPOrigin(host: "collector.example", port: 80), by: session) == .success("taken"))
        #expect(server.requests.last?.headers["proxy-authorization"] == "Basic \(encoded)")
    }

    @Test func aProxyThatWantsOtherCredentialsIsNoAnswerOfTheServer() throws {
        let server = try HTTPServer { _ in .answer(status: 407, body: "") }
        let session = session(by: try proxy("http://\(server.endpoint)"))
        let refusal = HTTPFailure.proxyRefused(reason: "status 407")
        #expect(ask(HTTPOrigin(host: "collector.example", port: 80), by: session) == .failure(refusal))
    }

    @Test(arguments: [HTTPOrigin.Scheme.http, .https])
    func aProxyThatIsNotThereIsNamed(scheme: HTTPOrigin.Scheme) throws {
        let server = try HTTPServer { _ in .answer(body: "") }
        server.close()
        let session = session(by: try proxy("http://user:secret@\(server.endpoint)"))
        let reason = "Connection refused (the proxy http://\(server.endpoint))"
        #expect(
            ask(HTTPOrigin(scheme: scheme, host: "collector.example", port: 1), by: session)
                == .failure(.cannotConnect(reason: reason)))
    }

    @Test(
        .enabled(
            if: PythonServer.isAvailable && CertificateAuthority.isAvailable, "python3 or openssl is not installed"))
    func aServerBehindATunnelIsVerifiedAndItsConnectionKept() throws {
        let authority = try CertificateAuthority()
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:collector.example"))
        let tunnels = try PythonServer(tunnellingTo: server.port, for: "dXNlcjpwYXNzd29yZA==")
        let trust = TLSTrust.file(FilePath(authority.certificate))
        let session = session(by: try proxy("http://user:password@127.0.0.1:\(tunnels.port)"), trust: trust)
        let origin = HTTPOrigin(scheme: .https, host: "collector.example", port: 4318)
        #expect(ask(origin, by: session) == .success("1 collector.example 0"))
        #expect(ask(origin, by: session) == .success("1 collector.example 0"))
        // Refused by its name through the same proxy.
        #expect(
            ask(HTTPOrigin(scheme: .https, host: "other.example", port: 4318), by: session)
                == .failure(.notTrusted(reason: "its certificate is not one for other.example")))
        #expect(
            ask(HTTPOrigin(scheme: .https, host: "10.1.2.3", port: 4318), by: session)
                == .failure(.notTrusted(reason: "an address cannot be verified through a proxy; name the server")))
    }

    @Test(.enabled(if: PythonServer.isAvailable, "python3 is not installed"))
    func aTunnelThatTheProxyRefusesIsAFailureOfTheProxy() throws {
        let tunnels = try PythonServer(tunnellingTo: 1, for: "dXNlcjpwYXNzd29yZA==")
        let session = session(by: try proxy("http://user:wrong@127.0.0.1:\(tunnels.port)"))
        let origin = HTTPOrigin(scheme: .https, host: "collector.example", port: 4318)
        #expect(ask(origin, by: session) == .failure(.proxyRefused(reason: "status 407")))
        let mute = try HTTPServer { _ in .end(after: "") }
        let muteSession = self.session(by: try proxy("http://\(mute.endpoint)"))
        #expect(
            ask(origin, by: muteSession)
                == .failure(.proxyRefused(reason: "the connection was closed before the answer's end")))
        #expect(mute.requests.first?.method == "CONNECT")
        #expect(mute.requests.first?.target == "collector.example:4318")
        #expect(mute.requests.first?.headers["host"] == "collector.example:4318")
    }
}

extension PythonServer {
    /// A proxy that gives everyone with these credentials (in base64) a tunnel to a port of loopback, whatever server is asked for.
    fileprivate convenience init(tunnellingTo port: Int, for credentials: String) throws {
        try self.init(
            """
            import socket
            def forward(source, target):
                while data := source.recv(1 << 16): target.sendall(data)
                target.shutdown(socket.SHUT_WR)
            def serve(client):
                head = b""
                while not head.endswith(b"\\r\\n\\r\\n"): head += client.recv(1)
                if b"\\r\\nProxy-Authorization: Basic " + sys.argv[2].encode() + b"\\r\\n" not in head:
                    client.sendall(b"HTTP/1.1 407 Who are you\\r\\nContent-Length: 3\\r\\n\\r\\nno.")
                    return client.close()
                server = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
                client.sendall(b"HTTP/1.1 200 Connection established\\r\\n\\r\\n")
                threading.Thread(target=forward, args=(server, client), daemon=True).start()
                forward(client, server)
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            while True: threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
            """, arguments: ["\(port)", credentials])
    }
}
