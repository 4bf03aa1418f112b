import Foundation
import ProgramTestKit
import Testing

@Test(arguments: ["run", "collect"])
func aSecondProcessSaysWhoHoldsTheSpoolAndEnds(command: String) throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    let (first, _) = try service.start()
    let second = try TelltaleProcess.run(service.arguments(command))
    #expect(second.exit == 75)
    #expect(second.errors.contains("process \(first.processIdentifier) (telltale run)"))
    #expect(second.errors.contains(service.spool))
    #expect(second.errors.contains("--spool-dir"))
    // The first one never notices.
    try publisher.publish("1.json", EventPublisher.event("still here"))
    #expect(first.waitForMessage("still here"))
    #expect(try first.stop() == 0)
}

@Test func aKilledProcessHoldsNoSpool() throws {
    let service = try TestedService()
    let (first, _) = try service.start()
    first.signal(SIGKILL)
    #expect(try first.waitForExit() == -SIGKILL)
    let (second, _) = try service.start()
    #expect(try second.stop() == 0)
}
