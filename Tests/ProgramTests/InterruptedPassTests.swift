import Foundation
import ProgramTestKit
import Testing

@Test(arguments: [SIGTERM, SIGINT])
func aPassThatIsInterruptedSaysSoAndTheNextTakesTheRest(signal: Int32) throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    try publisher.publish("1.json", EventPublisher.event("taken"))
    // The pass waits for this one's writer.
    let path = "\(publisher.directory)/2.json"
    let kept = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    try DirectoryCalls.write("[", to: kept)
    let first = try TelltaleProcess(service.arguments("collect"))
    try #require(first.waitForMessage("taken"))
    first.signal(signal)
    #expect(try first.waitForExit() == 69)
    #expect(first.errors.contains("interrupted"))
    #expect(first.errors.contains(service.spool))

    try DirectoryCalls.write("\(EventPublisher.event("left"))]", to: kept)
    close(kept)
    let second = try TelltaleProcess.run(service.arguments("collect"))
    #expect(second.exit == 0)
    #expect(try ReceivedEvent(line: second.output).message == "left")
}

@Test func aPassThatIsInterruptedWhileItsSinkStallsSaysWhatItLeaves() throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    // More than a pipe holds.
    let message = String(repeating: " .", count: 1400)
    let events = (0..<360).map { EventPublisher.event("\($0)\(message)") }.joined(separator: ",")
    try publisher.publish("1.json", "[\(events)]")
    let stalled = try StandingFIFO(at: service.scratch("stalled"))
    let telltale = try TelltaleProcess(service.arguments("collect"), wrapper: stalled.asStandardOutput)
    // The one batch is with the sink then.
    try #require(eventually { stalled.hasInput })
    telltale.signal(SIGTERM)
    #expect(try telltale.waitForExit() == 69)
    #expect(telltale.errors.contains("not acknowledged"))
    #expect(telltale.errors.contains(service.spool))
}
