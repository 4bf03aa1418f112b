import Foundation
import ProgramTestKit
import Testing

/// Renames, which is what the tests below do most.
private func move(_ source: String, _ target: String) throws {
    guard rename(source, target) == 0 else { throw TestKitError("rename \(source) \(target): errno \(errno)") }
}

@Test func anEventsDirectoryRemovedAndMadeAgainIsWatchedAgain() throws {
    let service = try TestedService()
    var publisher = try service.publisher("Handler")
    let (telltale, _) = try service.start()
    for round in 0..<50 {
        try publisher.publish("1.json", EventPublisher.event("round \(round)"))
        try #require(telltale.waitForMessage("round \(round)"))
        try FileManager.default.removeItem(atPath: publisher.directory)
        publisher = try service.publisher("Handler")
    }
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages() == (0..<50).map { "round \($0)" })
}

@Test func aHandlerRemovedAndMadeAgainIsWatchedAgain() throws {
    let service = try TestedService()
    let (telltale, _) = try service.start()
    for round in 0..<50 {
        let publisher = try service.publisher("Handler")
        try publisher.publish("1.json", EventPublisher.event("round \(round)"))
        try #require(telltale.waitForMessage("round \(round)"))
        try FileManager.default.removeItem(atPath: "\(service.logRoot)/Handler")
    }
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages() == (0..<50).map { "round \($0)" })
}

@Test func aHandlerRenamedAwayIsLeftAloneUntilItComesBack() throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    let other = try service.publisher("Other")
    let (telltale, _) = try service.start()
    let handler = "\(service.logRoot)/Handler"
    let away = service.scratch("away")
    for round in 0..<20 {
        try publisher.publish("1.json", EventPublisher.event("here \(round)"))
        try #require(telltale.waitForMessage("here \(round)"))
        try move(handler, away)
        let distant = "\(away)/events/2.json"
        try EventPublisher.event("away \(round)").write(toFile: distant, atomically: true, encoding: .utf8)
        // The kernel tells in order: once this one is delivered, the one above would have been taken.
        try other.publish("1.json", EventPublisher.event("other \(round)"))
        try #require(telltale.waitForMessage("other \(round)"))
        #expect(FileManager.default.fileExists(atPath: distant))
        try move(away, handler)
        try #require(telltale.waitForMessage("away \(round)"))
    }
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages().count == 60)
}

@Test func aHandlerRenamedWithinTheRootPublishesUnderItsNewName() throws {
    let service = try TestedService()
    let publisher = try service.publisher("Old")
    let (telltale, _) = try service.start()
    try publisher.publish("1.json", EventPublisher.event("first"))
    try #require(telltale.waitForMessage("first"))
    try move("\(service.logRoot)/Old", "\(service.logRoot)/New")
    try service.publisher("New").publish("2.json", EventPublisher.event("second"))
    try #require(telltale.waitForMessage("second"))
    try service.publisher("Old").publish("3.json", EventPublisher.event("third"))
    try #require(telltale.waitForMessage("third"))
    try service.publisher("New").publish("4.json", EventPublisher.event("fourth"))
    try #require(telltale.waitForMessage("fourth"))
    #expect(try telltale.stop() == 0)
    #expect(try telltale.events().map { $0.handler ?? "" } == ["Old", "New", "Old", "New"])
}

/// A directory, below the test's own, that is renamed away and back again and again.
struct RenamedDirectory: CustomTestStringConvertible {
    let testDescription: String
    let place: String
    let away: String
    /// The events directory below it; empty: it is that itself.
    let events: String
}

@Test(arguments: [
    RenamedDirectory(
        testDescription: "an events directory", place: "log/Handler/events", away: "log/Handler/elsewhere", events: ""),
    RenamedDirectory(testDescription: "the root", place: "log", away: "away", events: "/Handler/events"),
])
func aDirectoryRenamedAwayAndBackIsWatchedAgain(_ renamed: RenamedDirectory) throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    let (telltale, _) = try service.start()
    let place = service.scratch(renamed.place), away = service.scratch(renamed.away)
    for round in 0..<20 {
        try move(place, away)
        try EventPublisher.event("away \(round)").write(
            toFile: "\(away)\(renamed.events)/1.json", atomically: true, encoding: .utf8)
        try move(away, place)
        try #require(telltale.waitForMessage("away \(round)"))
        try publisher.publish("2.json", EventPublisher.event("here \(round)"))
        try #require(telltale.waitForMessage("here \(round)"))
    }
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages().count == 40)
}

@Test func aRootRemovedAndMadeAgainIsWatchedAgain() throws {
    let service = try TestedService()
    let (telltale, _) = try service.start()
    for round in 0..<20 {
        try service.publisher("Handler").publish("1.json", EventPublisher.event("round \(round)"))
        try #require(telltale.waitForMessage("round \(round)"))
        try FileManager.default.removeItem(atPath: service.logRoot)
    }
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages().count == 20)
}

@Test func aRootReplacedByAnotherDirectoryIsWatchedInItsPlace() throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    let (telltale, _) = try service.start()
    try publisher.publish("1.json", EventPublisher.event("first"))
    try #require(telltale.waitForMessage("first"))
    _ = try EventPublisher(root: service.scratch("next"), handler: "Handler")
    try move(service.logRoot, service.scratch("former"))
    try move(service.scratch("next"), service.logRoot)
    try publisher.publish("2.json", EventPublisher.event("second"))
    try #require(telltale.waitForMessage("second"))
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages() == ["first", "second"])
}

@Test func rootsThatAppearLaterAreWatchedHoweverMuchOfTheirPathIsMissing() throws {
    let scratch = try ScratchDirectory()
    let log = scratch("a/b/c/log")
    let agent = scratch("a/b/agent/lib/events")
    let notify = try NotifySocket(at: scratch("notify"))
    let telltale = try TelltaleProcess(
        [
            "run", "--extension-log-dir", log, "--agent-events-dir", agent, "--spool-dir", scratch("spool"),
            "--ndjson", "-", "--fetch-metadata", "off",
        ], environment: ["NOTIFY_SOCKET": notify.path])
    defer { if telltale.isRunning { telltale.signal(SIGKILL) } }
    try #require(notify.wait { $0 == "READY=1" })
    for round in 0..<20 {
        try EventPublisher(root: log, handler: "Handler").publish("1.json", EventPublisher.event("log \(round)"))
        try #require(telltale.waitForMessage("log \(round)"))
        try FileManager.default.createDirectory(atPath: agent, withIntermediateDirectories: true)
        try """
        {"eventId":1,"providerId":"69B669B9-4AF8-4C50-BDC4-6006FA76E975","parameters":[\
        {"name":"Name","value":"WALinuxAgent"},{"name":"Message","value":"agent \(round)"}]}
        """.write(toFile: "\(agent)/1.waagent.tld", atomically: true, encoding: .utf8)
        try #require(telltale.waitForMessage("agent \(round)"))
        try FileManager.default.removeItem(atPath: scratch("a"))
    }
    #expect(try telltale.stop() == 0)
    #expect(try telltale.events().count == 40)
}

@Test(.enabled(if: OtherCommand.succeeds(["unshare", "-m", "true"]), "no mount namespace of its own can be made here"))
func aHandlerUnmountedIsLookedForAgain() throws {
    let service = try TestedService()
    let handler = "\(service.logRoot)/Handler"
    try FileManager.default.createDirectory(atPath: handler, withIntermediateDirectories: true)
    let (telltale, _) = try service.start(
        wrapper: ["unshare", "-m", "sh", "-c", "mount -t tmpfs none \"$0\" && exec \"$@\"", handler])
    let inside = ["nsenter", "-m", "-t", "\(telltale.processIdentifier)", "sh", "-c"]
    let write = "mkdir -p $0/events && printf %s \"$1\" > $0/events/new && mv $0/events/new $0/events/1.json"
    #expect(OtherCommand.succeeds(inside + [write, handler, EventPublisher.event("mounted")]))
    try #require(telltale.waitForMessage("mounted"))
    #expect(OtherCommand.succeeds(inside + ["umount -l \"$0\"", handler]))
    // Nothing tells of an unmounting while somebody holds the directory open; a look at everything finds it.
    telltale.signal(SIGHUP)
    #expect(OtherCommand.succeeds(inside + [write, handler, EventPublisher.event("beneath")]))
    try #require(telltale.waitForMessage("beneath"))
    #expect(try telltale.stop() == 0)
}
