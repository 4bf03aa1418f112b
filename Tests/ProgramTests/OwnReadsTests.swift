import Foundation
import ProgramTestKit
import Testing

/// What reading a file or a directory causes: IN_ACCESS, IN_OPEN, IN_CLOSE_NOWRITE.
private let causedByReading: UInt32 = 0x01 | 0x20 | 0x10

@Test func itsOwnReadsDoNotWakeIt() throws {
    let rounds = 200
    let service = try TestedService([
        "--agent-events", "off", "--ndjson", "-", "--quiet-window", "0", "--max-delay", "0",
    ])
    let publishers = try (0..<20).map { try service.publisher("Handler\($0)") }
    let (telltale, _) = try service.start()
    let kernel = KernelView(of: telltale.processIdentifier)
    let masks = try kernel.inotifyMasks()
    #expect(masks.count == 41)
    #expect(masks.allSatisfy { $0 & causedByReading == 0 })

    // Each round reads all 41 directories again and one file.
    let before = try kernel.voluntaryWaits()
    for round in 0..<rounds {
        telltale.signal(SIGHUP)
        try publishers[round % publishers.count].publish("1.json", EventPublisher.event("round \(round)"))
        try #require(telltale.waitForMessage("round \(round)"))
    }
    let waits = try kernel.voluntaryWaits() - before
    // Woken by the signal, the publisher's three steps (made, closed, renamed), the acknowledgement, the status's timer
    // and, for a file that a scan met too, once more.
    #expect(waits <= rounds * 8)
    #expect(try telltale.stop() == 0)
}
