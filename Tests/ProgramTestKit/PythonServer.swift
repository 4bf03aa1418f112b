import Foundation

/// A server that a Python program plays, for what no server of ours should judge.
///
/// The program prints the port that it listens on as its first line, and ends with its standard input.
package final class PythonServer: @unchecked Sendable {
    // Unchecked: nothing changes after the initializer but the process, which Foundation guards.
    package let port: Int
    private let process = Process()
    private let input = Pipe()

    /// Whether there is a Python to play it.
    package static let isAvailable = OtherCommand.succeeds(["python3", "-c", "import ssl"])

    /// Starts a program, and waits until it listens.
    package init(_ program: String, arguments: [String] = []) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.start + program] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let byte = output.fileHandleForReading.readData(ofLength: 1)
            if byte.isEmpty { throw TestKitError("the Python server ended before it listened") }
            line += byte
        }
        guard let port = Int(String(decoding: line.dropLast(), as: UTF8.self)) else {
            throw TestKitError("the Python server told no port")
        }
        self.port = port
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// What every program begins with: the end of the test ends it.
    private static let start = """
        import os, sys, threading
        def end():
            sys.stdin.buffer.read()
            os._exit(0)
        threading.Thread(target=end, daemon=True).start()

        """
}

extension PythonServer {
    /// A server that speaks HTTP/1.1 by TLS with an identity, and answers each request with the number of its connection, the
    /// name that the client's handshake asked for, and the length of the request's body.
    ///
    /// - Parameters:
    ///   - identity: its certificate and key.
    ///   - version: the newest version of TLS that it speaks, as Python's `ssl.TLSVersion` calls it.
    /// - Throws: what keeps it from listening.
    package convenience init(
        speakingTLSAs identity: CertificateAuthority.Identity, atMost version: String = "MAXIMUM_SUPPORTED"
    ) throws {
        try self.init(
            """
            import ssl, http.server
            connections = []
            class Handler(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def setup(self):
                    connections.append(self)
                    self.number = len(connections)
                    super().setup()
                def do_POST(self):
                    length = len(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
                    if "Proxy-Authorization" in self.headers: return self.send_error(400, "meant for a proxy")
                    if self.path == "/close": self.close_connection = True
                    body = f"{self.number} {names.get(id(self.connection))} {length}".encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                do_GET = do_POST
                def log_message(self, *arguments): pass
            names = {}
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion[sys.argv[3]]
            context.load_cert_chain(sys.argv[1], sys.argv[2])
            def remember(socket, name, _): names[id(socket)] = name
            context.sni_callback = remember
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            print(server.server_port, flush=True)
            server.serve_forever()
            """, arguments: [identity.certificate, identity.key, version])
    }
}
