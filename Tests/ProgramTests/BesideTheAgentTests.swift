import Foundation
import ProgramTestKit
import Testing

/// A publisher who does not mind that the agent removes what lies in its directory, temporary files included.
private struct HardenedPublisher {
    let name: String
    let directory: String
    /// On the same mount, and in nobody's care.
    let outside: String
    let ending: String

    /// How a file comes to be in the directory.
    enum Way: CaseIterable {
        case renamed, writtenInPlace, writtenInTwoParts, linked, movedIn
    }

    func path(_ number: Int) -> String { "\(directory)/\(number)\(ending)" }

    func message(_ number: Int) -> String { "\(name) \(number)" }

    /// False when the agent removed the temporary file.
    func publish(_ number: Int, _ way: Way) throws -> Bool {
        let text = contents(message(number)), path = path(number)
        let temporary = way == .movedIn ? "\(outside)/\(name)-\(number)" : "\(directory)/\(number).tmp"
        switch way {
        case .renamed, .movedIn:
            try write([text], to: temporary)
            return rename(temporary, path) == 0
        case .writtenInPlace:
            try write([text], to: path)
        case .writtenInTwoParts:
            try write([String(text.prefix(50)), String(text.dropFirst(50))], to: path)
        case .linked:
            try write([text], to: temporary)
            defer { unlink(temporary) }
            return link(temporary, path) == 0
        }
        return true
    }

    private func write(_ parts: [String], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TestKitError("open \(path): errno \(errno)") }
        defer { close(descriptor) }
        for part in parts {
            try DirectoryCalls.write(part, to: descriptor)
            if parts.count > 1 { usleep(500) }
        }
    }

    private func contents(_ message: String) -> String {
        guard ending == ".waagent.tld" else { return EventPublisher.event(message) }
        return "{\"eventId\": 1, \"providerId\": \"69B669B9-4AF8-4C50-BDC4-6006FA76E975\", \"parameters\": "
            + "[{\"name\": \"Name\", \"value\": \"WALinuxAgent\"}, {\"name\": \"Message\", \"value\": \"\(message)\"}]}"
    }
}

@Test(
    .enabled("needs the Azure Linux Agent's code: packaging/agent gets it") {
        FileManager.default.fileExists(atPath: AgentCollector.code)
    },
    .enabled(if: PythonServer.isAvailable, "needs python3"), .timeLimit(.minutes(30)),
    arguments: SpoolPlace.allCases, [["--quiet-window", "0"], []])
func besideTheAgentEachFileGoesToExactlyOne(_ place: SpoolPlace, _ options: [String]) throws {
    let count = 100
    let spool = try place.make()
    let scratch = try ScratchDirectory()
    for directory in ["agent/events", "outside"] {
        try FileManager.default.createDirectory(atPath: scratch(directory), withIntermediateDirectories: true)
    }
    let root = try WatchedLogRoot(
        ["--agent-events", "on", "--agent-events-dir", scratch("agent/events"), "--cap", "100000"] + options,
        in: scratch, spool: spool?.path)
    var publishers = try (1...4).map { number in
        HardenedPublisher(
            name: "Test.Handler\(number)", directory: try root.publisher("Test.Handler\(number)").directory,
            outside: scratch("outside"), ending: ".json")
    }
    publishers.append(
        HardenedPublisher(
            name: "agent", directory: scratch("agent/events"), outside: scratch("outside"), ending: ".waagent.tld"))

    // Who reads a file before its directory is watched is not told of.
    for publisher in publishers {
        #expect(try publisher.publish(0, .renamed))
        try #require(root.waitForEvent(publisher.message(0)))
    }
    let agent = try AgentCollector(logRoot: root.path, library: scratch("agent"), in: scratch)

    let published = PublishedFiles()
    let work = publishers.map { publisher in
        BackgroundWork { _ in
            for number in 1...count {
                let ways = HardenedPublisher.Way.allCases
                if try publisher.publish(number, ways[number % ways.count]) { published.add(publisher.message(number)) }
                usleep(3000)
            }
        }
    }
    for work in work { try work.finish() }
    #expect(
        eventually {
            publishers.allSatisfy { publisher in
                (1...count).allSatisfy { DirectoryCalls.kind(publisher.path($0)) == nil }
            }
        })
    let account = try agent.stop()
    try root.rescan()
    _ = try root.stop()

    let delivered = try root.messages().filter { !$0.hasPrefix("after rescan") && !$0.hasSuffix(" 0") }
    var others: Set<String> = Set(account.sent), unread: Set<String> = []
    for publisher in publishers {
        for number in 1...count {
            // A file that the agent read and did not send, it took half written.
            if account.removed.contains(publisher.path(number)) { others.insert(publisher.message(number)) }
            if account.removedUnread.contains(publisher.path(number)) { unread.insert(publisher.message(number)) }
        }
    }
    #expect(Set(delivered).count == delivered.count)
    #expect(Set(account.sent).count == account.sent.count)
    #expect(Set(delivered).intersection(others) == [])
    #expect(Set(delivered).intersection(unread) == [])
    // The agent removes what it did not read; whatever it left is ours.
    #expect(published.messages.subtracting(others).subtracting(unread).subtracting(delivered) == [])
    // Both were at work.
    #expect(!delivered.isEmpty && !account.sent.isEmpty)
    #expect(root.claims() == [])
}

/// The messages of files that came to be.
private final class PublishedFiles: @unchecked Sendable {
    // Unchecked: `lock` guards it.
    private let lock = NSLock()
    private var all: Set<String> = []

    var messages: Set<String> { lock.withLock { all } }

    func add(_ message: String) {
        _ = lock.withLock { all.insert(message) }
    }
}
