import Foundation
import ProgramTestKit
import Testing

/// The service with the sink `wireserver` and more options.
private func service(to port: Int, _ options: [String] = []) throws -> TestedService {
    try TestedService(
        [
            "--agent-events", "off", "--cap", "1000000", "--sink", "wireserver", "--wireserver-endpoint",
            "127.0.0.1:\(port)",
        ] + options)
}

/// A port on which nobody listens.
private func freePort() throws -> Int {
    let server = try HTTPServer { _ in .end(after: "") }
    defer { server.close() }
    return server.port
}

private func isEmpty(_ directory: String) -> Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: directory).isEmpty) ?? false
}

@Test func startedWithoutANetworkTheServiceIsReadyAndDeliversWhenItComes() throws {
    let port = try freePort()
    let service = try service(to: port)
    let publisher = try service.publisher("Handler")
    let (process, notify) = try service.start()
    for number in 0..<50 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    #expect(notify.wait { $0.contains("wireserver failing") })
    #expect(isEmpty(publisher.directory))
    let receiver = try WireReceiver(port: port)
    #expect(receiver.waitForMessages(50))
    #expect(eventually { service.claims(of: "Handler").isEmpty })
    #expect(receiver.messages.sorted() == (0..<50).map(String.init).sorted())
    #expect(try process.stop() == 0)
}

@Test(arguments: [403, 429, 503, 500, 408, 410])
func whatAFailingServerDidNotTakeIsSentAgain(status: Int) throws {
    let receiver = try WireReceiver { _, call in (call % 2 == 1 && call < 6 ? status : 200, ["Retry-After: 0"]) }
    let service = try service(to: receiver.server.port)
    let publisher = try service.publisher("Handler")
    let (process, _) = try service.start()
    for number in 0..<200 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    #expect(receiver.waitForMessages(200))
    #expect(eventually { service.claims(of: "Handler").isEmpty })
    #expect(receiver.messages.count == 200 && Set(receiver.messages).count == 200)
    #expect(try process.stop() == 0)
}

@Test func thePoisonEventIsSetAsideWithTheServersAnswerAndTheRestGoes() throws {
    let receiver = try WireReceiver { messages, _ in (messages.contains("poison") ? 400 : 200, []) }
    let service = try service(to: receiver.server.port)
    let publisher = try service.publisher("Handler")
    for number in 0..<100 {
        try publisher.publish("\(number).json", EventPublisher.event(number == 57 ? "poison" : "\(number)"))
    }
    let pass = try TelltaleProcess.run(service.arguments("collect"))
    #expect(pass.exit == 0)
    #expect(Set(receiver.messages) == Set((0..<100).filter { $0 != 57 }.map(String.init)))
    #expect(receiver.messages.count == 99)
    // Halving 100 events down to one takes 14 requests, and the rest goes in a few.
    #expect(receiver.statuses.count < 30)
    let shown = try TelltaleProcess.run(["rejected", "show", "last", "--spool-dir", service.spool])
    #expect(shown.output.contains("57.json"))
    #expect(shown.output.contains("400"))
    #expect(shown.output.contains("the test says 400"))
    #expect(service.claims(of: "Handler").isEmpty)
}

@Test(arguments: [400, 404])
func aServerThatRefusesEverythingCostsNoEvent(status: Int) throws {
    let isRight = StandingFlag()
    let receiver = try WireReceiver { _, _ in (isRight.isSet ? 200 : status, []) }
    let service = try service(to: receiver.server.port)
    let publisher = try service.publisher("Handler")
    let (process, notify) = try service.start()
    for number in 0..<20 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    #expect(notify.wait { $0.contains("wireserver failing") })
    #expect(service.claims(of: "Handler").count == 20)
    isRight.set()
    #expect(receiver.waitForMessages(20))
    #expect(Set(receiver.messages).count == 20)
    #expect(try process.stop() == 0)
    #expect(!FileManager.default.fileExists(atPath: "\(service.spool)/rejected"))
}

@Test func anOrderlyRestartSendsNothingTwiceWhicheverSinkIsDown() throws {
    let port = try freePort()
    let service = try service(to: port, ["--sink", "ndjson"])
    let output = service.scratch("events.ndjson")
    service.options += ["--ndjson", output]
    let publisher = try service.publisher("Handler")
    // More than what is kept in memory for a sink that is down.
    let count = 3000
    var published = 0
    for _ in 0..<3 {
        let (process, _) = try service.start()
        for _ in 0..<count / 3 {
            try publisher.publish("\(published).json", EventPublisher.event("\(published)"))
            published += 1
        }
        #expect(try eventually { try ReceivedEvent.all(inFileAt: output).count >= published })
        #expect(try process.stop() == 0)
        #expect(try ReceivedEvent.all(inFileAt: output).count == published)
        #expect(service.claims(of: "Handler").count == published)
    }
    let receiver = try WireReceiver(port: port)
    let (process, _) = try service.start()
    #expect(receiver.waitForMessages(count))
    #expect(eventually { service.claims(of: "Handler").isEmpty })
    #expect(try process.stop() == 0)
    #expect(receiver.messages.count == count && Set(receiver.messages).count == count)
    #expect(try ReceivedEvent.all(inFileAt: output).count == count)
}

@Test func aFileOfWhichAPartWasTakenIsContinuedThereByTheNextStart() throws {
    // The body's size splits the file's events over several requests; after the first the server is gone.
    let isGone = StandingFlag()
    let receiver = try WireReceiver { _, call in (call == 1 || isGone.isSet ? 200 : 500, []) }
    let service = try service(to: receiver.server.port)
    let publisher = try service.publisher("Handler")
    let (first, notify) = try service.start()
    let messages = (0..<300).map { "\($0)" + String(repeating: ".", count: 1000) }
    try publisher.publish("1.json", "[" + messages.map { EventPublisher.event($0) }.joined(separator: ",") + "]")
    #expect(notify.wait { $0.contains("wireserver failing") })
    #expect(try first.stop() == 0)
    let early = receiver.messages.count
    #expect(early > 0 && early < 300)
    isGone.set()
    let (second, _) = try service.start()
    #expect(receiver.waitForMessages(300))
    #expect(eventually { service.claims(of: "Handler").isEmpty })
    #expect(try second.stop() == 0)
    #expect(receiver.messages == messages)
}

@Test func aServerThatNeverAnswersHoldsUpNoOtherSink() throws {
    let hole = try HTTPServer { _ in .silence() }
    let service = try service(to: hole.port, ["--sink", "ndjson", "--ndjson", "-"])
    let publisher = try service.publisher("Handler")
    let (process, _) = try service.start()
    let long = String(repeating: " .", count: 1400)
    // Some 14 MB, far beyond what may be in flight.
    for number in 0..<5000 { try publisher.publish("\(number).json", EventPublisher.event("\(number)" + long)) }
    #expect(try process.waitForEvents(5000))
    #expect(service.claims(of: "Handler").count == 5000)
    #expect(
        eventually {
            (try? FileManager.default.contentsOfDirectory(
                atPath: "\(service.spool)/owed/wireserver/extensions/Handler"
            ).count) ?? 0 > 3000
        })
    process.signal(SIGKILL)
}

/// Something that a test decides while a server asks for it.
private final class StandingFlag: @unchecked Sendable {
    // Unchecked: `lock` guards the flag.
    private let lock = NSLock()
    private var flag = false

    var isSet: Bool { lock.withLock { flag } }

    func set() { lock.withLock { flag = true } }
}
