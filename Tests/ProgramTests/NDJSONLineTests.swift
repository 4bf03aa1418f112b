import Foundation
import ProgramTestKit
import Testing

@Test func controlCharactersAndLoneSurrogatesGiveValidLinesAndPoisonNoOther() throws {
    let root = try WatchedLogRoot()
    let publisher = try root.publisher("Test.Extension")
    func event(escape: String) -> String { EventPublisher.event("a@b").replacing("@", with: "\\u" + escape) }
    let controls = (0..<0x20).map { String(repeating: "0", count: $0 < 16 ? 3 : 2) + String($0, radix: 16) }
    let surrogates = ["d800", "DBFF", "dc00", "dfff", "dc00\\ud800"]
    let contents = (controls + surrogates + ["2028", "fffe", "007f"]).map(event(escape:))
    try publisher.publish("1.json", "[\(contents.joined(separator: ","))]")
    try publisher.publish("2.json", EventPublisher.event("beside ]]> <&>"))
    try #require(root.waitForEvents(contents.count + 1))
    _ = try root.stop()
    // JSONSerialization accepts every line, or this throws.
    let events = try root.telltale.events()
    #expect(events.count == contents.count + 1)
    let expected =
        (0..<0x20).map { "a\(Character(UnicodeScalar(UInt8($0))))b" }
        + ["a\u{FFFD}b", "a\u{FFFD}b", "a\u{FFFD}b", "a\u{FFFD}b", "a\u{FFFD}\u{FFFD}b"]
        + ["a\u{2028}b", "a\u{FFFE}b", "a\u{7F}b"]
    #expect(events.filter { $0.file == "1.json" }.map { Array($0.message.utf16) } == expected.map { Array($0.utf16) })
    #expect(events.contains { $0.message == "beside ]]> <&>" })
}

@Test func fourMebibytesOfURLsThatHaveNoEndAreDeliveredAndHoldUpNobody() throws {
    let root = try WatchedLogRoot()
    let poisonous = try root.publisher("Test.Poisonous"), other = try root.publisher("Test.Other")
    let frame = EventPublisher.event("@").split(separator: "@").map(String.init)
    let room = 4_194_304 - frame[0].utf8.count - frame[1].utf8.count
    let unit = "https://?"
    let message = String(repeating: unit, count: room / unit.count).padding(toLength: room, withPad: "x", startingAt: 0)
    let contents = frame[0] + message + frame[1]
    #expect(contents.utf8.count == 4_194_304)
    #expect(try DirectoryCalls.write(contents, to: "\(poisonous.directory)/1.tmp", O_CREAT | O_EXCL))
    try DirectoryCalls.move("\(poisonous.directory)/1.tmp", to: "\(poisonous.directory)/1.json")
    for number in 1...10 {
        try other.publish("\(number).json", EventPublisher.event("other \(number)"))
        try #require(root.waitForEvent("other \(number)"))
    }
    try #require(root.waitForEvents(11))
    _ = try root.stop()
    let delivered = try #require(try root.telltale.events().first { $0.handler == "Test.Poisonous" })
    #expect(delivered.message == String(message.prefix(3072)))
}
