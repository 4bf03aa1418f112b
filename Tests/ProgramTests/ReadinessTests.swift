import Foundation
import ProgramTestKit
import Testing

@Test func whatIsPublishedAfterReadinessIsSeen() throws {
    let service = try TestedService()
    let publishers = try (0..<1000).map { try service.publisher("Handler\($0)") }
    for start in 0..<3 {
        let (telltale, _) = try service.start()
        #expect(try KernelView(of: telltale.processIdentifier).inotifyMasks().count == 1 + 2 * publishers.count)
        for (index, publisher) in publishers.enumerated() {
            try publisher.publish("\(start).json", EventPublisher.event("\(start)/\(index)"))
        }
        try #require(try telltale.waitForEvents(publishers.count))
        #expect(try telltale.stop() == 0)
    }
}

@Test func readinessComesAfterTheFirstScan() throws {
    let service = try TestedService(["--agent-events", "off", "--ndjson", "-", "--cap", "1000000"])
    let publisher = try service.publisher("Handler")
    for file in 0..<2000 { try publisher.writeInPlace("\(file).json", EventPublisher.event("\(file)")) }
    let (telltale, notify) = try service.start()
    try #require(try telltale.waitForEvents(2000))
    try #require(notify.wait { $0.hasPrefix("STATUS=") && $0.contains("accepted 2000 events") })
    #expect(try telltale.stop() == 0)
    #expect(notify.received.filter { $0 == "READY=1" }.count == 1)
}

@Test func theStatusHasTheCounts() throws {
    let service = try TestedService(["--agent-events", "off", "--ndjson", "-", "--cap", "2"])
    let publisher = try service.publisher("Handler")
    let (telltale, notify) = try service.start()
    let events = ["one", "two", "three", ""].map { EventPublisher.event($0) }.joined(separator: ",")
    try publisher.publish("1.json", "[\(events)]")
    #expect(
        notify.wait {
            $0.hasPrefix(
                "STATUS=Watching 3 directories; accepted 2 events, rejected 1, over the cap 1; 0 files waiting;")
        })
    #expect(try telltale.stop() == 0)
}

@Test func theWatchdogIsAnsweredFromTheThreadThatWorks() throws {
    let service = try TestedService()
    let (telltale, notify) = try service.start(environment: ["WATCHDOG_USEC": "200000"])
    #expect(eventually { notify.received.filter { $0 == "WATCHDOG=1" }.count >= 5 })
    // A stopped process answers no more, and goes on when it continues.
    telltale.signal(SIGSTOP)
    telltale.signal(SIGCONT)
    let before = notify.received.count
    #expect(eventually { notify.received.dropFirst(before).contains("WATCHDOG=1") })
    #expect(try telltale.stop() == 0)
}

@Test func withoutAWatchdogNoAnswerIsSent() throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    // What an outer service was told is none of this process's business.
    let (telltale, notify) = try service.start(environment: ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"])
    try publisher.publish("1.json", EventPublisher.event("an event"))
    try #require(telltale.waitForMessage("an event"))
    #expect(try telltale.stop() == 0)
    #expect(!notify.received.contains("WATCHDOG=1"))
}

@Test(arguments: [SIGTERM, SIGINT])
func aStopIsTold(signal: Int32) throws {
    let service = try TestedService()
    let (telltale, notify) = try service.start()
    telltale.signal(signal)
    #expect(try telltale.waitForExit() == 0)
    try #require(notify.wait { $0 == "STOPPING=1" })
    let told = notify.received
    let ready = try #require(told.firstIndex(of: "READY=1"))
    let stopping = try #require(told.firstIndex(of: "STOPPING=1"))
    #expect(ready < stopping)
}

@Test func withoutItsRootsItIsReadyAllTheSame() throws {
    let service = try TestedService(["--ndjson", "-"])
    let (telltale, notify) = try service.start()
    try #require(notify.wait { $0.hasPrefix("STATUS=Watching 1 directories") })
    try service.publisher("Handler").publish("1.json", EventPublisher.event("later"))
    try #require(telltale.waitForMessage("later"))
    #expect(try telltale.stop() == 0)
}
