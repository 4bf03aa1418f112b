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

@Test func theTimeOfAnEventIsUTCWhereverTheMachineStands() throws {
    let service = try TestedService()
    let publisher = try service.publisher("Test.Extension")
    try publisher.writeInPlace("1.json.tmp", EventPublisher.event("hello"))
    try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)],
        ofItemAtPath: "\(publisher.directory)/1.json.tmp")
    try DirectoryCalls.move("\(publisher.directory)/1.json.tmp", to: "\(publisher.directory)/1.json")
    let (telltale, _) = try service.start(environment: ["TZ": "XXX-05:30"])
    try #require(telltale.waitForMessage("hello"))
    #expect(try telltale.stop() == 0)
    #expect(try telltale.events().map { $0.text("OpcodeName") } == ["2023-11-14T22:13:20.000000Z"])
}
