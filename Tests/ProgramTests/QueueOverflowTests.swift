import Foundation
import ProgramTestKit
import Testing

/// The kernel's limit of waiting notifications, at its lowest for as long as this lives.
///
/// A shell holds it: it puts the old limit back also when the test's process dies. Others that do the same wait.
private final class LowestQueueLimit {
    private let shell = Process()
    private let input = Pipe()

    init() throws {
        let output = Pipe()
        shell.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        shell.arguments = [
            "flock", "\(NSTemporaryDirectory())/telltale-test-inotify-queue.lock", "sh", "-c",
            """
            limit=/proc/sys/fs/inotify/max_queued_events
            old=$(cat $limit); trap '' INT TERM HUP
            (echo 0 > $limit) 2>/dev/null || echo 1 > $limit
            echo lowered; read -r _; echo "$old" > $limit
            """,
        ]
        shell.standardInput = input
        shell.standardOutput = output
        try shell.run()
        let answer = output.fileHandleForReading.availableData
        guard !answer.isEmpty else { throw TestKitError("max_queued_events could not be lowered") }
    }

    func restore() {
        guard shell.isRunning else { return }
        try? input.fileHandleForWriting.close()
        shell.waitUntilExit()
    }

    deinit { restore() }
}

@Test(.enabled(if: getuid() == 0, "only root may lower fs.inotify.max_queued_events"))
func aFullQueueOfNotificationsLosesNothingAndIsReported() throws {
    let handlers = 10
    let filesOfEach = 1000
    let service = try TestedService(["--agent-events", "off", "--ndjson", "-", "--cap", "1000000"])
    let publishers = try (0..<handlers).map { try service.publisher("Handler\($0)") }
    let limit = try LowestQueueLimit()
    let (telltale, _) = try service.start()
    limit.restore()
    // All are written beside their directory first, so that they appear at once.
    let staged = service.scratch("staged")
    for (index, publisher) in publishers.enumerated() {
        let stage = try EventPublisher(root: staged, handler: "Handler\(index)")
        for file in 0..<filesOfEach {
            try stage.writeInPlace("\(file).json", EventPublisher.event("\(index)/\(file)"))
        }
        #expect(FileManager.default.fileExists(atPath: publisher.directory))
    }
    for file in 0..<filesOfEach {
        for (index, publisher) in publishers.enumerated() {
            let answer = rename("\(staged)/Handler\(index)/events/\(file).json", "\(publisher.directory)/\(file).json")
            #expect(answer == 0)
        }
    }
    try #require(try telltale.waitForEvents(handlers * filesOfEach))
    try #require(telltale.waitForError("The kernel's queue of notifications was full"))
    #expect(try telltale.stop() == 0)
    let messages = try telltale.messages()
    #expect(messages.count == handlers * filesOfEach)
    #expect(Set(messages).count == handlers * filesOfEach)
    // Reported, and not once for each time that the queue was full.
    let reports = telltale.errors.components(separatedBy: "The kernel's queue of notifications was full").count - 1
    #expect(reports < 20)
}
