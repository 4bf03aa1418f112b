import Foundation
import ProgramTestKit
import Testing

/// Longer than what a pipe holds, a few hundred times.
private func long(_ message: String) -> String {
    EventPublisher.event(message + String(repeating: " .", count: 1400))
}

/// The whole events of lines of which the last may be torn.
private func whole(_ lines: [String]) throws -> [ReceivedEvent] {
    try lines.dropLast().map(ReceivedEvent.init(line:))
}

/// What each message was delivered as; a repetition must bear the id of the first.
private func identities(of events: [ReceivedEvent]) -> [String: Set<String>] {
    events.reduce(into: [:]) { $0[$1.message, default: []].insert($1.id) }
}

@Test func whatIsInTheSpoolIsDeliveredByTheNextStart() throws {
    let count = 1500
    let service = try TestedService(["--agent-events", "off", "--ndjson", "-", "--cap", "1000000"])
    let publisher = try service.publisher("Handler")
    let stalled = try StandingFIFO(at: service.scratch("stalled"))
    let (first, _) = try service.start(wrapper: stalled.asStandardOutput)
    for number in 0..<count { try publisher.publish("\(number).json", long("\(number)")) }
    // The sink takes no more, and all the same nothing is left with the publisher.
    #expect(try eventually { try FileManager.default.contentsOfDirectory(atPath: publisher.directory).isEmpty })
    #expect(first.isRunning)

    // A stop does not wait for that reader for good, and says what it leaves.
    #expect(try first.stop() == 0)
    #expect(first.errors.contains("stay in \(service.spool)"))
    let early = try whole(stalled.drain())
    let left = service.claims(of: "Handler").count
    #expect(left > 0)
    #expect(early.count + left >= count)

    let (second, _) = try service.start()
    try #require(try second.waitForEvents(left))
    #expect(try second.stop() == 0)
    let all = try early + second.events()
    #expect(Set(all.map { $0.file ?? "" }).count == count)
    #expect(identities(of: all).values.allSatisfy { $0.count == 1 })
    #expect(service.claims(of: "Handler").isEmpty)
}

@Test func anOrderlyStopWhilePublishersWriteLosesAndRepeatsNothing() throws {
    let service = try TestedService(["--agent-events", "off", "--cap", "1000000"])
    let output = service.scratch("events.ndjson")
    service.options += ["--ndjson", output]
    let publisher = try service.publisher("Handler")
    let writing = PacedPublisher([publisher], filesPerSecond: 400)
    for _ in 0..<15 {
        let (telltale, _) = try service.start()
        let before = writing.published
        #expect(eventually { writing.published > before + 30 })
        #expect(try telltale.stop() == 0)
    }
    let published = try writing.stop()
    let last = try TelltaleProcess.run(service.arguments("collect"))
    #expect(last.exit == 0)
    let events = try ReceivedEvent.all(inFileAt: output)
    #expect(events.count == published)
    #expect(Set(events.map(\.message)).count == published)
}

@Test(arguments: ["drop", "hold"], [SIGTERM, SIGKILL])
func theCapHoldsAcrossARestart(overCap: String, end: Int32) throws {
    let service = try TestedService([
        "--agent-events", "off", "--ndjson", "-", "--cap", "10", "--period", "3600", "--over-cap", overCap,
    ])
    let publisher = try service.publisher("Handler")
    let (first, _) = try service.start()
    for number in 0..<6 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    try #require(try first.waitForEvents(6))
    first.signal(end)
    #expect(try first.waitForExit() == (end == SIGKILL ? -SIGKILL : 0))
    #expect(try first.messages().count == 6)

    let (second, notify) = try service.start()
    for number in 6..<14 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    if overCap == "drop" {
        try #require(notify.wait { $0.contains("over the cap 4; 0 files waiting") })
    } else {
        try #require(notify.wait { $0.contains("4 files waiting") })
    }
    #expect(try second.stop() == 0)
    // What was delivered before a SIGKILL may be repeated, under its id.
    let ids = Set(try (first.events() + second.events()).map(\.id))
    #expect(ids.count == 10)
    #expect(service.claims(of: "Handler").count == (overCap == "drop" ? 0 : 4))
}

@Test(arguments: ["drop", "hold"])
func aClaimReadAgainAfterAKillIsNotChargedTwice(overCap: String) throws {
    let waiting = 1500
    let service = try TestedService([
        "--agent-events", "off", "--ndjson", "-", "--cap", "2000", "--period", "3600", "--over-cap", overCap,
    ])
    let publisher = try service.publisher("Handler")
    let stalled = try StandingFIFO(at: service.scratch("stalled"))
    let (first, _) = try service.start(wrapper: stalled.asStandardOutput)
    for number in 0..<waiting { try publisher.publish("\(number).json", long("\(number)")) }
    // All are charged, and most are not delivered: the ledger has a line for each, after its first.
    #expect(try eventually { try admissionLines(of: service).count == 1 + waiting })
    first.signal(SIGKILL)
    #expect(try first.waitForExit() == -SIGKILL)
    let early = try whole(stalled.drain())
    #expect(early.count < waiting)

    let (second, notify) = try service.start()
    for number in waiting..<waiting + 700 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    if overCap == "drop" {
        try #require(notify.wait { $0.contains("over the cap 200; 0 files waiting") })
    } else {
        try #require(notify.wait { $0.contains("; 200 files waiting") })
    }
    #expect(try second.stop() == 0)
    let all = try early + second.events()
    #expect(Set(all.map(\.id)).count == 2000)
    let files = Set(all.map { $0.file ?? "" })
    #expect((0..<waiting).allSatisfy { files.contains("\($0).json") })
}

@Test func whatWasChargedBeforeAKillDoesNotWaitBehindAFullWindow() throws {
    let service = try TestedService([
        "--agent-events", "off", "--ndjson", "-", "--cap", "5", "--period", "3600", "--over-cap", "hold",
    ])
    let publisher = try service.publisher("Handler")
    let stalled = try StandingFIFO(at: service.scratch("stalled"))
    let (first, _) = try service.start(wrapper: stalled.asStandardOutput)
    for number in 0..<5 { try publisher.publish("\(number).json", long("\(number)")) }
    #expect(try eventually { try admissionLines(of: service).count == 1 + 5 })
    first.signal(SIGKILL)
    #expect(try first.waitForExit() == -SIGKILL)
    // A newer file, which goes first and finds the window full.
    try publisher.publish("9.json", EventPublisher.event("9"))
    let (second, notify) = try service.start()
    #expect(notify.wait { $0.contains("; 1 files waiting (1 publishers held by the cap)") })
    #expect(try second.stop() == 0)
    let files = Set(try (whole(stalled.drain()) + second.events()).compactMap(\.file))
    #expect(files == Set((0..<5).map { "\($0).json" }))
}

@Test func anotherStartOfTheMachineBeginsNewWindows() throws {
    let service = try TestedService(["--agent-events", "off", "--ndjson", "-", "--cap", "5", "--period", "3600"])
    let publisher = try service.publisher("Handler")
    for round in 0..<2 {
        let (telltale, _) = try service.start()
        for number in 0..<5 { try publisher.publish("\(number).json", EventPublisher.event("\(round)/\(number)")) }
        try #require(try telltale.waitForEvents(5))
        #expect(try telltale.stop() == 0)
        var lines = try admissionLines(of: service)
        #expect(lines.count == 6)
        let first = lines[0].split(separator: " ").dropLast()
        lines[0] = (first + ["00000000-0000-0000-0000-000000000000"]).joined(separator: " ")
        try (lines.joined(separator: "\n") + "\n").write(
            toFile: "\(service.spool)/admissions", atomically: false, encoding: .utf8)
    }
}

@Test(arguments: ["run", "collect"])
func aClosedPipeIsAClearErrorAndKeepsTheEvents(command: String) throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    let pipe = try StandingFIFO(at: service.scratch("pipe"))
    let telltale: TelltaleProcess
    if command == "run" {
        telltale = try service.start(wrapper: pipe.asStandardOutput).0
        pipe.close()
        for number in 0..<20 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
    } else {
        // Its end is closed by who it is a pipe to, before anything is written.
        for number in 0..<20 { try publisher.publish("\(number).json", EventPublisher.event("\(number)")) }
        pipe.close()
        telltale = try TelltaleProcess(
            service.arguments(command), wrapper: ["sh", "-c", "exec 3<>\"$0\" 1>\"$0\" 3<&-; exec \"$@\"", pipe.path])
    }
    #expect(try telltale.waitForExit() == 74)
    #expect(telltale.errors.contains("the sink ndjson is closed"))
    #expect(telltale.errors.contains(service.spool))
    let left = try FileManager.default.contentsOfDirectory(atPath: publisher.directory).count
    #expect(left + service.claims(of: "Handler").count == 20)

    let (next, _) = try service.start()
    try #require(try next.waitForEvents(20))
    #expect(try next.stop() == 0)
    #expect(Set(try next.messages()).count == 20)
}

@Test func whatTheAgentWroteIsDeliveredByTheNextStartWhenASinkTookItNoMore() throws {
    let count = 1500
    let service = try TestedService(["--extension-events", "off", "--ndjson", "-"])
    try FileManager.default.createDirectory(atPath: service.agentEvents, withIntermediateDirectories: true)
    let stalled = try StandingFIFO(at: service.scratch("stalled"))
    let (first, _) = try service.start(wrapper: stalled.asStandardOutput)
    let padding = String(repeating: " .", count: 1400)
    for number in 0..<count {
        let text = """
            {"eventId":1,"providerId":"P","parameters":[{"name":"Message","value":"\(number)\(padding)"}]}
            """
        try text.write(toFile: "\(service.agentEvents)/\(number).tmp", atomically: false, encoding: .utf8)
        let path = "\(service.agentEvents)/\(number)"
        try DirectoryCalls.move("\(path).tmp", to: "\(path).waagent.tld")
    }
    #expect(try eventually { try FileManager.default.contentsOfDirectory(atPath: service.agentEvents).isEmpty })
    #expect(try first.stop() == 0)
    let early = try whole(stalled.drain())
    #expect(early.count < count)

    let (second, _) = try service.start()
    try #require(try second.waitForEvents(count - early.count))
    #expect(try second.stop() == 0)
    let all = try early + second.events()
    #expect(Set(all.map { $0.file ?? "" }).count == count)
    #expect(identities(of: all).values.allSatisfy { $0.count == 1 })
}
