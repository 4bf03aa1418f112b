import Foundation
import ProgramTestKit
import Synchronization

/// A collector of another project's that takes OTLP and passes it on as OTLP: what it passes on, it has understood.
///
/// It is Rotel; packaging/collector gets it.
final class FleetCollector {
    static let program = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent(".build/collector/rotel/rotel-agent").path

    /// Foundation starts programs with the signals blocked that are blocked on its own thread, SIGTERM among them.
    private static let unblockingSignals =
        "import os, signal, sys; signal.pthread_sigmask(signal.SIG_SETMASK, []); os.execv(sys.argv[1], sys.argv[1:])"

    private let process = Process()

    /// Starts it; it listens soon.
    ///
    /// - Parameters:
    ///   - port: where it takes OTLP over HTTP.
    ///   - engine: whom it passes everything on to.
    ///   - scratch: for its files.
    /// - Throws: what kept it from starting.
    init(on port: Int, passingOnTo engine: FleetEngine, in scratch: ScratchDirectory) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", Self.unblockingSignals, Self.program, "start", "--otlp-http-endpoint", "127.0.0.1:\(port)",
            "--otlp-grpc-endpoint",
            "127.0.0.1:\(try FleetEngine.freePort())", "--pid-file", scratch("collector.pid"), "--exporter", "otlp",
            "--otlp-exporter-endpoint", "http://127.0.0.1:\(engine.port)", "--otlp-exporter-protocol", "http",
            "--batch-timeout", "100ms",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Asks it to end, which it does when it has passed on what it took.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}

/// What stands behind a collector, and keeps the log records that come.
final class FleetEngine: Sendable {
    private let server: HTTPServer
    private let scratch: ScratchDirectory
    /// The records of the first so many requests.
    private let read = Mutex((requests: 0, records: [DecodedLogs.Record]()))

    init() throws {
        scratch = try ScratchDirectory()
        server = try HTTPServer { _ in .answer(headers: ["Content-Type: application/x-protobuf"], body: "") }
    }

    var port: Int { server.port }

    /// The records so far, in the order of their requests.
    func records() throws -> [DecodedLogs.Record] {
        try read.withLock { read in
            let unread = server.requests[read.requests...]
            guard !unread.isEmpty else { return read.records }
            read.records += try OTLPDecoder.decode(unread.map(body)).flatMap(\.records)
            read.requests += unread.count
            return read.records
        }
    }

    /// The body of a request, unpacked: this collector compresses even when it is told not to.
    private func body(_ request: HTTPServer.Request) throws -> [UInt8] {
        guard request.headers["content-encoding"] == "gzip" else { return request.body }
        try Data(request.body).write(to: URL(fileURLWithPath: scratch("body.gz")))
        let unpacked = try OtherCommand.run(["gzip", "--decompress", "--force", scratch("body.gz")])
        guard unpacked.exit == 0 else { throw TestKitError(unpacked.output) }
        return Array(try Data(contentsOf: URL(fileURLWithPath: scratch("body"))))
    }

    /// A port of loopback that nobody holds now.
    static func freePort() throws -> Int {
        let server = try HTTPServer { _ in .answer(body: "") }
        defer { server.close() }
        return server.port
    }
}
