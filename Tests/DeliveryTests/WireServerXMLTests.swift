internal import Foundation
import HTTP
import ProgramTestKit
import SystemPackage
import Testing

@testable import Delivery
@testable import TelemetryEvents

/// What a parser that is not ours reads in the bodies for the WireServer.
@Suite(.enabled(if: OtherCommand.succeeds(["python3", "--version"]), "python3 is not installed"))
struct WireServerXMLTests {
    private struct Body: Decodable {
        struct Event: Decodable {
            let id: String
            let parameters: [[String]]
        }

        let provider: String
        let events: [Event]
    }

    /// What Python's XML parser reads in the requests that the events become.
    private func read(_ events: [TelemetryEvent]) throws -> [Body] {
        var format = WireServerFormat(
            to: HTTPOrigin(host: "127.0.0.1", port: 80), retryAfter: { _ in nil }, onGone: {})
        var bodies: [UInt8] = []
        var rest = events[...]
        while !rest.isEmpty {
            guard case .request(let request, let count) = format.encode(rest) else {
                Issue.record("an event is too large for the test")
                return []
            }
            bodies += withUnsafeBytes(of: UInt32(request.body.count).bigEndian) { Array($0) } + request.body
            rest = rest.dropFirst(count)
        }
        let directory = try ScratchDirectory()
        try Data(bodies).write(to: URL(fileURLWithPath: directory("bodies")))
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let script = tests.appendingPathComponent("PythonModel/telemetry_bodies.py").path
        let (exit, output) = try OtherCommand.run(["python3", script, directory("bodies")])
        try #require(exit == 0, "\(output.suffix(2000))")
        return try JSONDecoder().decode([Body].self, from: Data(output.utf8))
    }

    /// What a text becomes on the way.
    private func received(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isWritable =
                switch scalar.value {
                case 0x9, 0xA, 0xD, 0x20...0xFFFD, 0x10000...: true
                default: false
                }
            scalars.append(isWritable ? scalar : "\u{FFFD}")
        }
        return String(scalars)
    }

    /// To strings, some sequences of code points are the same.
    private func points(_ text: String?) -> [UInt32]? {
        text?.unicodeScalars.map(\.value)
    }

    @Test func aParserReadsEveryBodyAsTheEventsSay() throws {
        let controls = (0..<0x20).compactMap { Unicode.Scalar(UInt32($0)) }.map { String(Character($0)) }
        let pieces =
            controls + [
                "]]>", "<![CDATA[", "\"", "'", "&", "<", ">", "&#0;", "a", " ", "é", "\u{85}", "\u{2028}", "\u{FFFE}",
                "\u{FFFF}", "\u{FFFD}", "\u{FEFF}", "🚀", "\u{1FFFF}", "]", "--", "x, y. z: 1234567890 and so on",
            ]
        var random = RepeatableRandom(seed: 9)
        func text() -> String {
            (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        var texts: [(provider: String, parameters: [(name: String, value: String)])] =
            pieces.map { ($0, [($0, $0), ("\($0)\"", "'\($0)"), ("", "")]) }
        for _ in 0..<2000 {
            texts.append((text(), (0..<Int.random(in: 0...4, using: &random)).map { _ in (text(), text()) }))
        }
        let events = texts.enumerated().map { number, event in
            SampleEvents.event(
                event.parameters.map { Parameter(UTF8Text($0.name), .text(UTF8Text($0.value))) },
                eventID: Int64(number), of: UTF8Text(event.provider))
        }
        let read = try read(events).flatMap { body in body.events.map { (body.provider, $0) } }
        try #require(read.count == texts.count)
        for (number, (expected, (provider, event))) in zip(texts, read).enumerated() {
            #expect(points(provider) == points(received(expected.provider)))
            #expect(event.id == "\(number)")
            #expect(
                event.parameters.map { [points($0[0]), points($0[1]), points($0[2])] }
                    == expected.parameters.map {
                        [points(received($0.name)), points(received($0.value)), points("mt:wstr")]
                    })
        }
    }

    @Test func aParserReadsExtensionEventsWithTheirCommonParameters() throws {
        let names = [
            "GAVersion", "ContainerId", "OpcodeName", "EventTid", "EventPid", "TaskName", "OSVersion", "RAM",
            "EventName", "CapabilityUsed", "Context1", "Context2", "Context3",
        ]
        let message = "\"a\" & 'b'\n]]>\u{0}"
        let events = (0..<50).map { SampleEvents.extensionEvent(message: "\($0)\(message)", index: $0) }
        let read = try read(events)
        #expect(read.count == 1)
        #expect(read.first?.provider == "FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F")
        for (number, event) in (read.first?.events ?? []).enumerated() {
            #expect(event.id == "7")
            #expect(event.parameters.map { $0[0] } == names)
            #expect(event.parameters.first { $0[0] == "Context1" }?[1] == received("\(number)\(message)"))
            #expect(event.parameters.first { $0[0] == "RAM" } == ["RAM", "2048", "mt:uint64"])
        }
    }

    @Test func floatsAreSpeltAsPythonSpellsThem() throws {
        var random = RepeatableRandom(seed: 26)
        var numbers: [Double] = [
            0, -0.0, 1, 0.1, 1e15, 1e16, -1e16, 1e17, 1e22, 1e23, 0.0001, 0.00001, 0.000123, 9_007_199_254_740_992,
            9_007_199_254_740_994, 9_999_999_999_999_998, -9_999_999_999_999_998, 9.5e15, .greatestFiniteMagnitude,
            .leastNormalMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity, .pi,
        ]
        for _ in 0..<5000 {
            let anyBits = Double(bitPattern: random.next())
            if anyBits.isFinite { numbers.append(anyBits) }
            numbers.append(Double.random(in: -2e16...2e16, using: &random))
            numbers.append((Double.random(in: 9e15...1.01e16, using: &random)).rounded())
            numbers.append(Double(Int.random(in: -100_000...100_000, using: &random)) / 1000)
        }
        let directory = try ScratchDirectory()
        let bits = numbers.map { "\($0.bitPattern)\n" }.joined()
        try Data(bits.utf8).write(to: URL(fileURLWithPath: directory("bits")))
        let program =
            "import struct, sys\nfor n in open(sys.argv[1]): print(repr(struct.unpack('d', struct.pack('Q', int(n)))[0]))"
        let (exit, output) = try OtherCommand.run(["python3", "-c", program, directory("bits")])
        try #require(exit == 0, "\(output.suffix(2000))")
        let spellings = output.split(separator: "\n")
        try #require(spellings.count == numbers.count)
        for (number, spelling) in zip(numbers, spellings) {
            var bytes: [UInt8] = []
            WireServerEncoding.append(number, to: &bytes)
            let ours = String(decoding: bytes, as: UTF8.self)
            if ours != spelling { Issue.record("\(ours) is \(spelling) to Python") }
        }
    }
}
