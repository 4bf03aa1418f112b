import Foundation
import ProgramTestKit

/// The Azure Linux Agent's own collector, run over a log root pass after pass by Tests/OtherCollector; packaging/agent gets its code.
final class AgentCollector: @unchecked Sendable {
    // Unchecked: `lock` guards what the reading thread adds.
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The directory that Python finds the agent's package in.
    static let code = package.appendingPathComponent(".build/agent/usr/lib/python3/dist-packages").path
    private static let program = package.appendingPathComponent("Tests/OtherCollector/agent_collector.py").path

    /// What it told.
    private struct Line: Decodable {
        var sent: String?
        var removed: String?
        var read: Bool?
        var ready: Bool?
    }

    /// What became of files, as the agent told.
    struct Account {
        /// The messages of the events that it would send.
        var sent: [String] = []
        /// Files that it removed after it had read them.
        var removed: Set<String> = []
        /// Files that it removed unread.
        var removedUnread: Set<String> = []
    }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let lock = NSCondition()
    private var lines = Data()
    private var hasEnded = false

    /// Starts it, and waits until it has made a pass.
    ///
    /// - Parameters:
    ///   - logRoot: of the extensions.
    ///   - library: the agent's directory, in which its `events` are.
    ///   - scratch: for its configuration.
    /// - Throws: what kept it from starting.
    init(logRoot: String, library: String, in scratch: ScratchDirectory) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", Self.program, Self.code, scratch.path, logRoot, library]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let thread = Thread { [self] in
            while true {
                let piece = output.fileHandleForReading.availableData
                lock.withLock {
                    lines.append(piece)
                    hasEnded = piece.isEmpty
                    lock.broadcast()
                }
                if piece.isEmpty { return }
            }
        }
        thread.start()
        guard try eventually({ try told().contains { $0.ready == true } || !process.isRunning }), process.isRunning
        else {
            throw TestKitError("the agent's collector does not start")
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Ends it after its pass, and answers what it did.
    func stop() throws -> Account {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        guard eventually({ lock.withLock { hasEnded } }), process.terminationStatus == 0 else {
            throw TestKitError("the agent's collector failed")
        }
        return try told().reduce(into: Account()) { account, line in
            if let message = line.sent { account.sent.append(message) }
            guard let path = line.removed else { return }
            if line.read == true { account.removed.insert(path) } else { account.removedUnread.insert(path) }
        }
    }

    private func told() throws -> [Line] {
        try lock.withLock { lines }.split(separator: UInt8(ascii: "\n")).compactMap { line in
            // The last one may not be whole yet.
            guard line.last == UInt8(ascii: "}") else { return nil }
            return try JSONDecoder().decode(Line.self, from: line)
        }
    }
}
