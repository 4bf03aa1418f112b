import Foundation
import ProgramTestKit
import Testing

/// A connection that asks and never reads the answer.
private final class SilentAsker {
    private let descriptor: CInt

    init(_ path: String, _ request: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        guard SocketAddress(path).withPointer({ [descriptor] in connect(descriptor, $0, $1) }) == 0 else {
            throw TestKitError("connect \(path): errno \(errno)")
        }
        let bytes = Array(request.utf8)
        _ = send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    deinit {
        close(descriptor)
    }
}

@Test func manyWhoAskAtOnceAllGetAWholeAnswer() throws {
    let asked = try AskedService()
    let publisher = try asked.service.publisher("Handler")
    let (telltale, _) = try asked.service.start()
    let askers = try (0..<12).map { _ in try TelltaleProcess(asked.asking("status", ["--json"])) }
    for number in 1...20 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    for asker in askers {
        #expect(try asker.waitForExit() == 0)
        let text = asker.output.joined()
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
    }
    #expect(telltale.waitForMessage("20"))
    #expect(try telltale.stop() == 0)
}

@Test func whoNeverReadsTheAnswerHoldsNobodyUp() throws {
    let asked = try AskedService()
    // Answers that are longer than what a socket takes unread.
    for number in 0..<600 {
        try asked.service.publisher("An.Extension.With.A.Long.Name.\(number)")
            .publish("1.json", EventPublisher.event("\(number)"))
    }
    let publisher = try asked.service.publisher("Handler")
    let (telltale, _) = try asked.service.start()
    let areDelivered = try telltale.waitForEvents(600)
    try #require(areDelivered)
    let silent = try (0..<40).map { number in
        try SilentAsker(
            asked.socket, number % 3 == 0 ? "GET /sta" : "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    }
    for number in 1...20 { try publisher.publish("\(number).json", EventPublisher.event("later \(number)")) }
    #expect(telltale.waitForMessage("later 20"))
    // Those who are silent are sent away, and the next gets an answer.
    let isAnswered = try eventually { try asked.run("status").exit == 0 }
    #expect(isAnswered)
    withExtendedLifetime(silent) {}
    #expect(try telltale.stop() == 0)
}
