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

    @Test func aRequestWithoutABodySaysNothingOfOne() throws {
        let server = try HTTPServer { _ in .answer(body: "") }
        #expect(try session.ask(server).get().status == 200)
        #expect(server.requests.first?.headers["content-length"] == nil)
    }
}
