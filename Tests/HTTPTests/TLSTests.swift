import Foundation
import ProgramTestKit
import SystemPackage
import Testing

@testable import HTTP

@Suite(
    .enabled(if: PythonServer.isAvailable && CertificateAuthority.isAvailable, "python3 or openssl is not installed"))
struct TLSTests {
    private let authority: CertificateAuthority

    init() throws {
        authority = try CertificateAuthority()
    }

    private func session(_ trust: TLSTrust? = nil, limits: HTTPLimits = .wide) -> HTTPSession {
        HTTPSession(
            HTTPClient(), limits: limits,
            options: HTTPSession.Options(trust: trust ?? .file(FilePath(authority.certificate))))
    }

    private func ask(
        _ server: PythonServer, at host: String = "localhost", _ target: String = "/", by session: HTTPSession? = nil,
        body: [UInt8] = []
    ) -> Result<String, HTTPFailure> {
        Result { () throws(HTTPFailure) in
            let answer = try (session ?? self.session()).exchange(
                HTTPRequest(
                    .post, to: HTTPOrigin(scheme: .https, host: host, port: server.port), target: target, body: body))
            return String(decoding: answer.body, as: UTF8.self)
        }
    }

    @Test func aServerThatTheAuthorityVouchesForAnswersAndIsToldItsName() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:localhost"))
        #expect(ask(server) == .success("1 localhost 0"))
    }

    @Test func exchangesShareOneConnectionUntilTheServerClosesIt() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:localhost"))
        let session = session()
        let body = [UInt8](repeating: 7, count: 4 << 20)
        #expect(ask(server, by: session) == .success("1 localhost 0"))
        #expect(ask(server, by: session, body: body) == .success("1 localhost 4194304"))
        #expect(ask(server, "/close", by: session) == .success("1 localhost 0"))
        #expect(ask(server, by: session) == .success("2 localhost 0"))
    }

    @Test func aServerThatNobodyVouchesForIsNotTrusted() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:localhost"))
        let failure = HTTPFailure.notTrusted(reason: "no trusted authority vouches for its certificate")
        #expect(ask(server, by: session(.system)) == .failure(failure))
        let other = try CertificateAuthority()
        #expect(ask(server, by: session(.file(FilePath(other.certificate)))) == .failure(failure))
    }

    @Test func aCertificateForAnotherNameIsNotTrusted() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:other.example"))
        #expect(ask(server) == .failure(.notTrusted(reason: "its certificate is not one for localhost")))
    }

    @Test func aCertificateForTheAddressIsNoneForTheName() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "IP:127.0.0.1"))
        #expect(ask(server) == .failure(.notTrusted(reason: "its certificate is not one for localhost")))
        let both = try PythonServer(speakingTLSAs: authority.identity(of: "IP:127.0.0.1", "DNS:LOCALHOST"))
        #expect(ask(both) == .success("1 localhost 0"))
    }

    @Test func anAddressIsVerifiedAndNotTold() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "IP:127.0.0.1"))
        #expect(ask(server, at: "127.0.0.1") == .success("1 None 0"))
        let named = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:localhost", "IP:127.0.0.2"))
        #expect(
            ask(named, at: "127.0.0.1") == .failure(.notTrusted(reason: "its certificate is not one for 127.0.0.1")))
    }

    @Test func anExpiredCertificateIsNamedSo() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:localhost", validity: .past))
        #expect(ask(server) == .failure(.notTrusted(reason: "its certificate has expired")))
    }

    @Test func authoritiesAreFoundInADirectoryByTheHashesOfTheirNames() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:localhost"))
        let directory = FilePath(try authority.hashedDirectory())
        #expect(ask(server, by: session(.file(directory))) == .success("1 localhost 0"))
        let other = try CertificateAuthority()
        let others = FilePath(try other.hashedDirectory())
        let failure = HTTPFailure.notTrusted(reason: "no trusted authority vouches for its certificate")
        #expect(ask(server, by: session(.file(others))) == .failure(failure))
    }

    @Test func aDirectoryIsUsedOnlyWhenItHasSuchHashes() throws {
        #expect(TLSTrust.hasHashedNames(FilePath(try authority.hashedDirectory())))
        let scratch = try ScratchDirectory()
        for name in ["authority.pem", "ca-certificates.crt", "0123456.0", "0123456g.0", "01234567.", "01234567.r0"] {
            try #require(FileManager.default.createFile(atPath: scratch(name), contents: nil))
        }
        #expect(!TLSTrust.hasHashedNames(FilePath(scratch(""))))
        #expect(!TLSTrust.hasHashedNames("/nonexistent"))
    }

    @Test func authoritiesThatCannotBeReadAreNamed() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:localhost"))
        let reason = "the certificates of /nonexistent.pem cannot be read: there is no such file"
        #expect(ask(server, by: session(.file("/nonexistent.pem"))) == .failure(.notTrusted(reason: reason)))
    }

    @Test func versionsBefore1_2AreNotSpoken() throws {
        let identity = try authority.identity(of: "DNS:localhost")
        #expect(ask(try PythonServer(speakingTLSAs: identity, atMost: "TLSv1_2")) == .success("1 localhost 0"))
        let old = try PythonServer(speakingTLSAs: identity, atMost: "TLSv1_1")
        #expect(ask(old) == .failure(.broken(reason: "TLS: TLSV1_ALERT_PROTOCOL_VERSION")))
    }

    @Test func aServerWithoutTLSIsToldSo() throws {
        let server = try PythonServer(
            """
            import socket
            listener = socket.create_server(("127.0.0.1", 0))
            print(listener.getsockname()[1], flush=True)
            client, _ = listener.accept()
            client.sendall(b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n")
            client.recv(1 << 16)
            """)
        #expect(ask(server) == .failure(.broken(reason: "it does not speak TLS (WRONG_VERSION_NUMBER)")))
    }

    @Test(arguments: [
        ("collector.example", ["collector.example"], true), ("Collector.Example", ["cOLLECTOR.eXAMPLE"], true),
        ("a.collector.example", ["collector.example"], false), ("a.collector.example", ["*.collector.example"], true),
        ("a.b.collector.example", ["*.collector.example"], false),
        ("collector.example", ["*.collector.example"], false),
        ("a.collector.example", ["other.example", "A.collector.example"], true), ("a", ["*"], false),
        ("a.", ["*."], false),
        ("a.example", ["a*.example"], false), ("a.example", [], false),
    ])
    func aCertificateWithAddressesMustHaveTheName(host: String, names: [String], isOne: Bool) {
        #expect(ServerNames(names: names, hasAddress: true).mayBelong(to: host) == isOne)
        #expect(ServerNames(names: names, hasAddress: false).mayBelong(to: host))
    }
}
