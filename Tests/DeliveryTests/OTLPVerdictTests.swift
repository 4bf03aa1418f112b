import HTTP
import Testing

@testable import Delivery

@Suite struct OTLPVerdictTests {
    /// A receiver that asks to wait for `asked`.
    private func verdict(on answer: HTTPAnswer, asking asked: Duration? = nil) -> RequestVerdict {
        OTLPFormat(
            origin: HTTPOrigin(host: "collector.example", port: 4318), path: "", headers: [], version: "1",
            retryAfter: { _ in asked }
        ).verdict(on: answer)
    }

    /// A field of a protobuf message that holds bytes, of which there are fewer than 128.
    private func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(content.count)] + content
    }

    private func protobuf(_ status: Int, _ body: [UInt8]) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: [HTTPHeader("content-type", "application/x-protobuf")], body: body)
    }

    private func text(_ status: Int, _ body: String) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: [HTTPHeader("Content-Type", "text/plain")], body: Array(body.utf8))
    }

    @Test(arguments: [200, 201, 202, 204, 299]) func anySuccessAccepts(status: Int) {
        #expect(verdict(on: protobuf(status, [])) == .accepted(leftOut: nil))
    }

    @Test(arguments: [nil, .seconds(7)] as [Duration?]) func aFullReceiverThrottles(asked: Duration?) {
        #expect(verdict(on: text(429, ""), asking: asked) == .throttled(after: asked, reason: "429"))
    }

    @Test func anUnavailableReceiverThrottlesOnlyWhenItSaysUntilWhen() {
        #expect(
            verdict(on: text(503, "soon"), asking: .seconds(7))
                == .throttled(after: .seconds(7), reason: "503: soon"))
        #expect(verdict(on: text(503, "")) == .retry(after: nil, reason: "503"))
    }

    @Test(arguments: [502, 504], [nil, .seconds(7)] as [Duration?])
    func aGatewaysTroubleIsTriedAgain(status: Int, asked: Duration?) {
        #expect(verdict(on: text(status, ""), asking: asked) == .retry(after: asked, reason: "\(status)"))
    }

    @Test(arguments: [100, 199, 300, 302, 400, 401, 403, 404, 408, 410, 413, 415, 500, 501, 505, 599])
    func anyOtherStatusRefuses(status: Int) {
        #expect(verdict(on: text(status, ""), asking: .seconds(7)) == .refused(reason: "\(status)"))
    }

    @Test func whatAReceiverLeftOutIsCounted() {
        let partial = [0x08, 0x83, 0x01] + field(2, Array("too\nold".utf8))
        #expect(
            verdict(on: protobuf(200, field(1, partial)))
                == .accepted(leftOut: UnnamedRefusals(count: 131, reason: "too old")))
        #expect(
            verdict(on: protobuf(202, field(1, [0x08, 0x01])))
                == .accepted(leftOut: UnnamedRefusals(count: 1, reason: "the receiver gave no reason")))
    }

    @Test func adviceWithoutALossIsNone() {
        #expect(verdict(on: protobuf(200, field(1, field(2, Array("old".utf8))))) == .accepted(leftOut: nil))
        #expect(verdict(on: protobuf(200, field(1, [0x08, 0x00]))) == .accepted(leftOut: nil))
        // Minus one.
        let minus = [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01]
        #expect(verdict(on: protobuf(200, field(1, minus))) == .accepted(leftOut: nil))
    }

    @Test(arguments: ["{}", "<html>Welcome</html>", "\u{0}", "\u{7F}\u{7F}", "\n\u{7F}"])
    func aSuccessWhoseBodyIsNoneStaysOne(body: String) {
        #expect(verdict(on: text(200, body)) == .accepted(leftOut: nil))
    }

    @Test func anErrorsMessageIsRead() {
        let status = [0x08, 0x03] + field(2, Array("invalid\tUTF-8".utf8)) + field(3, field(1, Array("type".utf8)))
        #expect(verdict(on: protobuf(400, status)) == .refused(reason: "400: invalid UTF-8"))
        #expect(verdict(on: protobuf(400, [0x08, 0x03])) == .refused(reason: "400"))
        // Said to be a message, but none.
        #expect(verdict(on: protobuf(400, Array("no".utf8))) == .refused(reason: "400: no"))
    }

    /// `error` could be a field of 4 bytes, and `404 page` is none.
    @Test(arguments: ["error", "404 page not found", "{\"code\": 3}"]) func anErrorInWordsIsRead(body: String) {
        #expect(verdict(on: text(400, body)) == .refused(reason: "400: \(body)"))
    }

    @Test func aReasonIsOneShortLine() {
        let answer = text(400, "  a\r\n\t b \u{2028}" + String(repeating: "x", count: 5000))
        let start = "400: a b xxx"
        guard case .refused(let reason) = verdict(on: answer) else {
            Issue.record("it is taken")
            return
        }
        #expect(reason.hasPrefix(start))
        #expect(reason.count < 220)
    }
}
