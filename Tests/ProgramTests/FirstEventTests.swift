import Foundation
import ProgramTestKit
import Testing

@Test func anEventIsDeliveredAndItsFileRemoved() throws {
    let scratch = try ScratchDirectory()
    let publisher = try EventPublisher(root: scratch("log"), handler: "Test.Extension")
    let notify = try NotifySocket(at: scratch("notify"))
    let telltale = try TelltaleProcess(
        [
            "run", "--extension-log-dir", scratch("log"), "--agent-events", "off", "--spool-dir", scratch("spool"),
            "--ndjson", "-", "--fetch-metadata", "off",
        ], environment: ["NOTIFY_SOCKET": notify.path])
    #expect(notify.wait { $0 == "READY=1" })
    try publisher.publish("1.json", EventPublisher.event("hello"))
    #expect(telltale.waitForLines(1))
    #expect(try telltale.events().map(\.message) == ["hello"])
    #expect(try telltale.stop() == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: publisher.directory) == [])
}
