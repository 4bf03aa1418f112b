import Foundation
import HTTP
import ProgramTestKit
import Testing

@Suite struct RequestBodyTests {
    private let session = HTTPSession(HTTPClient(), limits: .wide)

    @Test(arguments: [0, 1, 65_536, 4 << 20])
    func aPostedBodyArrivesWhole(size: Int) throws {
        var random = RepeatableRandom(seed: UInt64(size))
        let body = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
        let server = try HTTPServer { _ in .answer(body: "") }
        #expect(try session.post(body, to: server).get().status == 200)
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.headers["content-length"] == "\(size)")
        #expect(request.body == body)
    }

    @Test func postsFollowOneAnotherOnOneConnection() throws {
        let server = try HTTPServer { .bytes(body: $0.body) }
        for size in [3, 0, 100_000, 1] {
            let body = [UInt8](repeating: UInt8(size % 251), count: size)
            #expect(try session.post(body, to: server).get().body == body)
        }
        #expect(server.connectionCount == 1)
    }

    @Test(.enabled(if: PythonServer.isAvailable, "python3 is not installed"), arguments: [1024, 65_536, 4 << 20])
    func aCompressedBodyIsTheSameToAnotherDecoder(size: Int) throws {
        let server = try HTTPServer { _ in .answer(body: "") }
        let session = HTTPSession(HTTPClient(), limits: .wide, options: HTTPSession.Options(compression: .gzip))
        // Three, since the encoder keeps its memory from one to the next.
        for number in 1...3 {
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 / number ^ $0 >> 7) }
            #expect(try session.post(body, to: server).get().status == 200)
            let request = try #require(server.requests.last)
            #expect(request.headers["content-encoding"] == "gzip")
            #expect(request.headers["content-length"] == "\(request.body.count)")
            #expect(request.body.count < size)
            #expect(try Self.decompressed(request.body) == body)
        }
    }

    private static func decompressed(_ body: [UInt8]) throws -> [UInt8] {
        let scratch = try ScratchDirectory()
        try Data(body).write(to: URL(fileURLWithPath: scratch("body.gz")))
        let program = "import gzip, sys; open(sys.argv[2], 'wb').write(gzip.open(sys.argv[1]).read())"
        let (exit, output) = try OtherCommand.run(["python3", "-c", program, scratch("body.gz"), scratch("body")])
        try #require(exit == 0, "\(output)")
        return Array(try Data(contentsOf: URL(fileURLWithPath: scratch("body"))))
    }

    @Test func aBodyThatIsSmallOrDoesNotShrinkIsSentAsItIs() throws {
        var random = RepeatableRandom(seed: 1)
        let server = try HTTPServer { _ in .answer(body: "") }
        let session = HTTPSession(HTTPClient(), limits: .wide, options: HTTPSession.Options(compression: .gzip))
        for body in [
            [UInt8](repeating: 0, count: 1023), (0..<65_536).map { _ in .random(in: 0...255, using: &random) },
        ] {
            #expect(try session.post(body, to: server).get().status == 200)
            #expect(server.requests.last?.headers["content-encoding"] == nil)
            #expect(server.requests.last?.body == body)
        }
    }

    @Test func aRequestWithoutABodySaysNothingOfOne() throws {
        let server = try HTTPServer { _ in .answer(body: "") }
        #expect(try session.ask(server).get().status == 200)
        #expect(server.requests.first?.headers["content-length"] == nil)
    }
}
