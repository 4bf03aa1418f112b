import Foundation
import ProgramTestKit
import Testing

@Test(arguments: SpoolPlace.allCases)
func filesThatVanishTakeNoOtherWithThem(_ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(["--cap", "100000", "--quiet-window", "1"], spool: spool?.path)
    let vanishing = try root.publisher("Test.Vanishing")
    let steady = try root.publisher("Test.Steady")
    // A file that its publisher could still unlink was not claimed; one that was gone by then was.
    var expected: Set<String> = []
    var random = SystemRandomNumberGenerator()
    for number in 1...600 {
        let name = "\(number).json"
        try vanishing.publish(name, EventPublisher.event("vanishing \(number)"))
        expected.insert("vanishing \(number)")
        let victim = Int.random(in: max(1, number - 3)...number, using: &random)
        if unlink("\(vanishing.directory)/\(victim).json") == 0 { expected.remove("vanishing \(victim)") }
        if number % 6 == 0 {
            try steady.publish(name, EventPublisher.event("steady \(number)"))
            expected.insert("steady \(number)")
        }
    }
    #expect(eventually { root.deliveredCount >= expected.count })
    try root.rescan()
    let report = try root.stop()
    let messages = try root.messages().filter { !$0.hasPrefix("after rescan") }
    // A copy, unlike a rename, may be complete when the publisher still finds its file to unlink.
    if spool == nil { #expect(Set(messages) == expected) } else { #expect(expected.isSubset(of: messages)) }
    #expect(messages.count == Set(messages).count)
    #expect(report.handlers["Test.Vanishing"]?.rejectedFiles == [:])
    #expect(root.claims() == [])
}

@Test func aDirectoryThatVanishesTakesNoOtherWithIt() throws {
    let root = try WatchedLogRoot(["--cap", "100000"])
    let steady = try root.publisher("Test.Steady")
    for round in 1...20 {
        let vanishing = try root.publisher("Test.Vanishing")
        for number in 1...10 { try vanishing.publish("\(number).json", EventPublisher.event("vanishing")) }
        // FileManager gives up when a file that it would remove was claimed.
        let handler = "\(root.path)/Test.Vanishing"
        try #require(
            eventually {
                try? FileManager.default.removeItem(atPath: handler)
                return DirectoryCalls.kind(handler) == nil
            })
        try steady.publish("\(round).json", EventPublisher.event("steady \(round)"))
        try #require(root.waitForEvent("steady \(round)"))
    }
    _ = try root.stop()
}
