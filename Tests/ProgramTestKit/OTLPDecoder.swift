import Foundation

/// The independent decoder of OTLP's requests: Python's protobuf package.
package enum OTLPDecoder {
    /// The first Python that has the package; Debian's (`python3-protobuf`) is for Debian's own Python.
    private static let python = ["/usr/bin/python3", "python3"].first {
        OtherCommand.succeeds([$0, "-c", "import google.protobuf"])
    }

    package static var isAvailable: Bool { python != nil }
    /// Why a test that needs it is skipped.
    package static let lack: String = "no python3 has the protobuf package: python3-protobuf"

    /// What each of the bodies says.
    ///
    /// - Throws: what the decoder finds wrong with one of them.
    package static func decode(_ bodies: [[UInt8]]) throws -> [DecodedLogs] {
        guard let python else { throw TestKitError(lack) }
        let scratch = try ScratchDirectory()
        var input = Data()
        for body in bodies {
            withUnsafeBytes(of: UInt32(body.count).bigEndian) { input.append(contentsOf: $0) }
            input.append(contentsOf: body)
        }
        try input.write(to: URL(fileURLWithPath: scratch("bodies")))
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let script = tests.appendingPathComponent("OTLPDecoder/otlp_decoder.py").path
        let run = try OtherCommand.run([python, script, scratch("bodies"), scratch("output")])
        guard run.exit == 0 else { throw TestKitError(run.output) }
        let output = try Data(contentsOf: URL(fileURLWithPath: scratch("output")))
        return try output.split(separator: UInt8(ascii: "\n")).map { line in
            try JSONDecoder().decode(DecodedLogs.self, from: Data(line))
        }
    }
}
