internal import SystemCalls
internal import SystemPackage

/// An HTTP server behind TLS that takes every request, for OTLP.
///
/// It is Python's, with a certificate that openssl makes: the bench itself knows no TLS. Nothing is timed with it.
final class TLSServer {
    let endpoint: String
    /// The certificate to trust.
    let certificate: FilePath
    private let program: RunningProgram

    /// A line when it listens, and one for each request.
    private static let script = """
        import http.server, ssl, sys

        class Taker(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()
                print("request", flush=True)
            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Taker)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
        print("listening", flush=True)
        server.serve_forever()
        """

    /// Starts it; its files go when the scratch directory is emptied.
    init(in scratch: ScratchDirectory) throws {
        certificate = scratch.path.appending("certificate.pem")
        let key = scratch.path.appending("key.pem")
        try Self.makeCertificate(certificate, key: key, in: scratch)
        let port = try Self.freePort()
        endpoint = "https://localhost:\(port)"
        program = try RunningProgram(
            Programs.find("python3"), ["-c", Self.script, String(port), certificate.string, key.string],
            environment: ["PATH=\(Programs.searchPath)"], in: scratch, expecting: .lines(2))
        guard program.lines.waitForBeginning(within: 30) else { throw program.failure("did not listen within 30 s") }
    }

    /// Waits for the first request.
    func waitForRequest(within seconds: Int) throws {
        guard program.lines.waitForAll(within: seconds) != nil else {
            throw program.failure("got no request over TLS within \(seconds) s")
        }
    }

    func stop() throws {
        try program.stop()
    }

    /// For `localhost`, and its own authority.
    private static func makeCertificate(_ certificate: FilePath, key: FilePath, in scratch: ScratchDirectory) throws {
        let openssl = try RunningProgram(
            Programs.find("openssl"),
            [
                "req", "-x509", "-config", "/dev/null", "-addext", "basicConstraints=critical,CA:TRUE", "-newkey", "ec",
                "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key.string,
                "-out", certificate.string,
            ], environment: ["PATH=\(Programs.searchPath)"], in: scratch, expecting: .lines(1))
        guard try openssl.waitForEnd(within: 30).exitCode == 0 else { throw openssl.failure("made no certificate") }
    }

    /// A port that nobody holds now.
    private static func freePort() throws -> Int {
        do {
            return try Kernel.port(of: Kernel.listener())
        } catch {
            throw BenchFailure("No server can listen on 127.0.0.1: \(error)")
        }
    }
}
