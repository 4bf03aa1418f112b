import Foundation
import ProgramTestKit
import Testing

/// A file of this many bytes, about.
private func event(_ message: String, size: Int) -> String {
    EventPublisher.event(message + String(repeating: " .", count: size / 2))
}

/// The service with a reader that takes nothing.
private func stalledService(
    _ options: [String]
) throws -> (service: TestedService, process: TelltaleProcess, notify: NotifySocket, reader: StandingFIFO) {
    let service = try TestedService(["--agent-events", "off", "--ndjson", "-", "--cap", "1000000"] + options)
    let reader = try StandingFIFO(at: service.scratch("stalled"))
    let (process, notify) = try service.start(wrapper: reader.asStandardOutput)
    return (service, process, notify, reader)
}

/// Reads until `isDone`, and then what is left to read; nil when it does not come to that.
private func events(from reader: StandingFIFO, until isDone: () -> Bool) throws -> [ReceivedEvent]? {
    var text = ""
    let drain = { text += reader.drain().joined(separator: "\n") }
    guard
        eventually({
            drain(); return isDone()
        })
    else { return nil }
    drain()
    return try text.split(separator: "\n").map { try ReceivedEvent(line: String($0)) }
}

@Test(
    arguments: [("--spool-files", "10000", 6000, 0), ("--spool-limit", "16", 3600, 2800)]
        as [(String, String, Int, Int)])
func pastALimitTheOldestFilesOfTheOneThatFloodsGoAndAreCounted(
    option: String, limit: String, published: Int, size: Int
) throws {
    let (service, process, notify, reader) = try stalledService([option, limit])
    let quiet = try service.publisher("Quiet")
    let flooding = try service.publisher("Flooding")
    try quiet.publish("1.json", EventPublisher.event("quiet"))
    for number in 0..<published { try flooding.publish("\(number).json", event("\(number)", size: size)) }
    try #require(process.waitForError("leave the spool"))
    try #require(try eventually { try FileManager.default.contentsOfDirectory(atPath: flooding.directory).isEmpty })
    let received = try events(from: reader) {
        notify.received.last { $0.contains("files waiting") }?.contains(" 0 files waiting") == true
    }
    let delivered = try #require(received).filter { $0.source == "extension" }
    #expect(delivered.contains { $0.message == "quiet" })
    let last = try #require(notify.received.last { $0.contains("files waiting") })
    let gone = try #require(last.firstMatch(of: /rejected (\d+),/).flatMap { Int($0.1) })
    #expect(gone > 0)
    // The quiet one's event is none of these.
    #expect(delivered.count + gone == published + 1)
    // What is gone is the oldest of what no sink had yet: the last files all came.
    let names = Set(delivered.map { $0.file ?? "" })
    #expect((published - 100..<published).allSatisfy { names.contains("\($0).json") })
    #expect(try process.stop() == 0)
}

@Test func whatWaitsForTooLongGoesAndIsTold() throws {
    let (service, process, _, reader) = try stalledService(["--spool-age", "1", "--period", "1"])
    let publisher = try service.publisher("Handler")
    for number in 0..<1600 { try publisher.publish("\(number).json", event("\(number)", size: 2800)) }
    try #require(process.waitForError("SpoolLimitError: it waits for too long"))
    // What is with the sink is not taken from it.
    let received = try events(from: reader) { service.claims(of: "Handler").isEmpty }
    #expect(try #require(received).contains { $0.handler == "Handler" })
    #expect(try process.stop() == 0)
}
