import Foundation
import ProgramTestKit
import Testing

@Test func underACapTheFilesWithTheLargestNumbersAreDeliveredWhateverTheLengthOfTheirNames() throws {
    let scratch = try ScratchDirectory()
    let publisher = try EventPublisher(root: scratch("log"), handler: "Test.Extension")
    let numbers = ["9", "1000", "99", "10", "0998", "100000000000000000000000000000000", "0000000000000000001", "101"]
    for number in numbers { try publisher.publish("\(number).json", EventPublisher.event(number)) }
    let root = try WatchedLogRoot(["--cap", "5"], in: scratch)
    try #require(root.waitForEvents(5))
    let report = try root.stop()
    #expect(try root.messages() == ["100000000000000000000000000000000", "1000", "0998", "101", "99"])
    #expect(report.handlers["Test.Extension"]?.accepted == 5)
    #expect(report.handlers["Test.Extension"]?.overCap == 3)
}

@Test func withinAFileEventsKeepTheirOrderAndTheCapLeavesOutTheLast() throws {
    let scratch = try ScratchDirectory()
    let publisher = try EventPublisher(root: scratch("log"), handler: "Test.Extension")
    let events = (0..<4).map { EventPublisher.event("event \($0)") }.joined(separator: ",")
    try publisher.publish("1.json", "[\(events)]")
    let root = try WatchedLogRoot(["--cap", "3"], in: scratch)
    try #require(root.waitForEvents(3))
    _ = try root.stop()
    let delivered = try root.telltale.events()
    #expect(delivered.map(\.message) == ["event 0", "event 1", "event 2"])
    #expect(delivered.map(\.index) == [0, 1, 2])
}
