import Foundation
import ProgramTestKit
import Testing

/// What opening and reading a file or a directory cause: IN_ACCESS, IN_OPEN.
private let causedByReading: UInt32 = 0x01 | 0x20
/// What ending it causes: IN_CLOSE_NOWRITE.
private let causedByClosing: UInt32 = 0x10

@Test func ofReadingItAsksForTheEndAlone() throws {
    let service = try TestedService(["--ndjson", "-"])
    try FileManager.default.createDirectory(atPath: service.agentEvents, withIntermediateDirectories: true)
    for number in 0..<20 { _ = try service.publisher("Handler\(number)") }
    let (telltale, _) = try service.start()
    let masks = try KernelView(of: telltale.processIdentifier).inotifyMasks()
    #expect(masks.count == 42)
    #expect(masks.allSatisfy { $0 & causedByReading == 0 })
    // Where event files are, others may read them to send them.
    #expect(masks.count { $0 & causedByClosing != 0 } == 21)
    #expect(try telltale.stop() == 0)
}

@Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/io"), "the kernel does not count reads"))
func aScanOfEverythingTellsItNothingNew() throws {
    let rounds = 200
    let service = try TestedService()
    for number in 0..<20 {
        // Each scan looks at this one and leaves it alone.
        try service.publisher("Handler\(number)").writeInPlace("temporary", "")
    }
    let (telltale, notify) = try service.start()
    try #require(notify.wait { $0.hasPrefix("STATUS=Watching 41 directories") })
    let kernel = KernelView(of: telltale.processIdentifier)
    let before = try kernel.reads()
    for _ in 0..<rounds {
        let waits = try kernel.voluntaryWaits()
        telltale.signal(SIGHUP)
        // It has scanned when it goes to sleep again.
        try #require(try eventually { try kernel.voluntaryWaits() > waits })
    }
    // The signal is read, once more to see that there is no other, the configuration, and what closing the directories told, while
    // it is awake anyway; being woken by that would be a fifth read.
    #expect(try kernel.reads() - before < rounds * 9 / 2)
    #expect(try telltale.stop() == 0)
}

@Test func wakeUpsAreBoundedByWhatPublishersDo() throws {
    let rounds = 200
    let service = try TestedService([
        "--agent-events", "off", "--ndjson", "-", "--quiet-window", "0", "--max-delay", "0",
    ])
    let publisher = try service.publisher("Handler")
    let (telltale, _) = try service.start()
    let kernel = KernelView(of: telltale.processIdentifier)
    let before = try kernel.voluntaryWaits()
    for round in 0..<rounds {
        try publisher.publish("1.json", EventPublisher.event("round \(round)"))
        try #require(telltale.waitForMessage("round \(round)"))
    }
    // Woken by the publisher's three steps (made, closed, renamed), by the acknowledgement, and now and then by the
    // status's timer or a lock that the sink's thread holds.
    #expect(try kernel.voluntaryWaits() - before <= rounds * 6)
    #expect(try telltale.stop() == 0)
}
