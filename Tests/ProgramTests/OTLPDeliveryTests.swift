import Foundation
import ProgramTestKit
import Testing

/// The bodies of the requests that a receiver of OTLP took, unpacked.
private final class OTLPReceiver: @unchecked Sendable {
    // Unchecked: `lock` guards the bodies.
    private let lock = NSLock()
    private var taken: [[UInt8]] = []

    func take(_ request: HTTPServer.Request) -> HTTPServer.Reply {
        guard request.target == "/prefix/v1/logs", request.headers["content-type"] == "application/x-protobuf",
            request.headers["x-tenant"] == "seven"
        else { return .answer(status: 404, body: "") }
        let body = request.unpackedBody
        lock.withLock { taken.append(body) }
        return .bytes(body: [])
    }

    var bodies: [[UInt8]] { lock.withLock { taken } }
}

@Suite(.enabled(if: OTLPDecoder.isAvailable, "\(OTLPDecoder.lack)"))
struct OTLPDeliveryTests {
    @Test(arguments: ["gzip", "none"])
    func theReceiverGetsEachEventWithItsIdAndFields(compression: String) throws {
        let receiver = OTLPReceiver()
        let server = try HTTPServer { request in receiver.take(request) }
        let service = try TestedService([
            "--agent-events", "off", "--sink", "otlp", "--otlp-endpoint", "http://127.0.0.1:\(server.port)/prefix/",
            "--otlp-headers", "X-Tenant=seven", "--otlp-compression", compression, "--sink", "ndjson", "--ndjson", "-",
        ])
        let publisher = try service.publisher("Contoso.Backup")
        for number in 0..<300 {
            try publisher.publish(
                "\(number).json", EventPublisher.event("message \(number) \u{1F600}\u{7} ]]>", level: "Error"))
        }
        let pass = try TelltaleProcess.run(service.arguments("collect"))
        #expect(pass.exit == 0)
        let written = try pass.output.split(separator: "\n").map { try ReceivedEvent(line: String($0)) }
        let logs = try OTLPDecoder.decode(receiver.bodies)
        let records = logs.flatMap(\.records)
        #expect(records.count == 300 && written.count == 300)
        var byID: [String: DecodedLogs.Record] = [:]
        for record in records {
            guard case .text(let id) = record["log.record.uid"] else {
                Issue.record("a record without an id")
                continue
            }
            byID[id.description] = record
        }
        for event in written {
            let record = try #require(byID[event.id])
            #expect(record.body == .text(ExactText(event.message)))
            #expect(record["telltale.handler"] == .text("Contoso.Backup"))
            #expect(record["telltale.file"] == .text(ExactText(event.file ?? "")))
            #expect(record["telltale.task"] == .text(ExactText(event.text("TaskName") ?? "")))
            #expect(record.severityNumber == 17 && record.severityText == "Error")
            #expect(record.observedTime > 1_600_000_000_000_000_000)
        }
    }
}

@Suite(
    .enabled(if: PythonServer.isAvailable && CertificateAuthority.isAvailable, "python3 or openssl is not installed"))
struct EncryptedDeliveryTests {
    private let authority: CertificateAuthority
    private let service: TestedService

    init() throws {
        authority = try CertificateAuthority()
        service = try TestedService(["--agent-events", "off", "--sink", "otlp"])
    }

    @Test func theAuthorityThatTheOperatorNamesIsTrusted() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:localhost"))
        service.options += [
            "--otlp-endpoint", "https://localhost:\(server.port)", "--otlp-ca-file", authority.certificate,
        ]
        try service.publisher("Handler").publish("1.json", EventPublisher.event("encrypted"))
        #expect(try TelltaleProcess.run(service.arguments("collect")).exit == 0)
        #expect(service.claims(of: "Handler").isEmpty)
    }

    @Test func aServerForWhichNobodyVouchesGetsNothingAndTheReasonIsTold() throws {
        let server = try PythonServer(speakingTLSAs: authority.identity(of: "DNS:localhost"))
        service.options += ["--otlp-endpoint", "https://localhost:\(server.port)"]
        let (process, notify) = try service.start()
        try service.publisher("Handler").publish("1.json", EventPublisher.event("secret"))
        #expect(notify.wait { $0.contains("otlp failing") && $0.contains("no trusted authority vouches") })
        #expect(try process.stop() == 0)
        #expect(service.claims(of: "Handler").count == 1)
    }
}

extension HTTPServer.Request {
    /// The body, unpacked by a program that is not ours.
    fileprivate var unpackedBody: [UInt8] {
        guard headers["content-encoding"] == "gzip" else { return body }
        let unpacker = Process()
        unpacker.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        unpacker.arguments = ["gzip", "-dc"]
        let input = Pipe(), output = Pipe()
        unpacker.standardInput = input
        unpacker.standardOutput = output
        guard (try? unpacker.run()) != nil else { return [] }
        let packed = Data(body)
        Thread {
            try? input.fileHandleForWriting.write(contentsOf: packed)
            try? input.fileHandleForWriting.close()
        }.start()
        let unpacked = (try? output.fileHandleForReading.readToEnd()) ?? Data()
        unpacker.waitUntilExit()
        return Array(unpacked)
    }
}
