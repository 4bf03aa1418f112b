internal import SystemPackage

/// The options that name the sinks which send to the bench's own servers.
enum SinkOptions {
    static let ndjson = ["--sink", "ndjson", "--ndjson", "-"]
    static let journal = ["--sink", "journal"]

    static func wireServer(_ server: LoopbackServer) -> [String] {
        ["--sink", "wireserver", "--wireserver-endpoint", "127.0.0.1:\(server.port)"]
    }

    static func otlp(_ server: LoopbackServer) -> [String] {
        ["--sink", "otlp", "--otlp-endpoint", "http://127.0.0.1:\(server.port)"]
    }

    static func otlp(_ server: TLSServer) -> [String] {
        ["--sink", "otlp", "--otlp-endpoint", server.endpoint, "--otlp-ca-file", server.certificate.string]
    }
}
