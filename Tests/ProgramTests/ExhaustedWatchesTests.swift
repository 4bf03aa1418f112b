import Foundation
import ProgramTestKit
import Testing

/// Whether this process may make a user namespace with limits of its own.
private let hasLimitsOfItsOwn = OtherCommand.succeeds([
    "unshare", "-Ur", "sh", "-c", "echo 1 > /proc/sys/user/max_inotify_watches",
])

/// A service that is short of what the kernel gives for watching: polled, said so, and watched again once there is more.
private func expectPolling(limit: String, lowest: Int) throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    let (telltale, notify) = try service.start(
        wrapper: ["unshare", "-Ur", "sh", "-c", "echo \(lowest) > \"$0\" && exec \"$@\"", limit])
    try #require(telltale.waitForError("are polled every"))
    #expect(telltale.errors.contains("fs.inotify.max_user_"))
    try #require(notify.wait { $0.hasPrefix("STATUS=") && $0.contains("polling") })
    try publisher.publish("1.json", EventPublisher.event("polled"))
    try #require(telltale.waitForMessage("polled"))
    try service.publisher("New").publish("1.json", EventPublisher.event("new and polled"))
    try #require(telltale.waitForMessage("new and polled"))

    #expect(
        OtherCommand.succeeds([
            "nsenter", "-U", "-t", "\(telltale.processIdentifier)", "sh", "-c", "echo 1000 > \"$0\"", limit,
        ]))
    try #require(telltale.waitForError("is watched by notification again"))
    // The root, two handlers, their events.
    #expect(try KernelView(of: telltale.processIdentifier).inotifyMasks().count == 5)
    let told = notify.received.count
    try publisher.publish("2.json", EventPublisher.event("watched"))
    try #require(telltale.waitForMessage("watched"))
    #expect(
        eventually {
            notify.received.dropFirst(told).contains { $0.hasPrefix("STATUS=Watching 5 directories;") }
        })
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages() == ["polled", "new and polled", "watched"])
}

@Test(.enabled(if: hasLimitsOfItsOwn, "no user namespace can be made here"))
func directoriesWithoutAWatchArePolledUntilThereAreWatchesAgain() throws {
    try expectPolling(limit: "/proc/sys/user/max_inotify_watches", lowest: 1)
}

@Test(.enabled(if: hasLimitsOfItsOwn, "no user namespace can be made here"))
func withoutAnInotifyInstanceEverythingIsPolledUntilThereIsOne() throws {
    try expectPolling(limit: "/proc/sys/user/max_inotify_instances", lowest: 0)
}
