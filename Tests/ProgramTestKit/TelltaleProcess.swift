import Foundation

/// The built program as a process of its own, with everything that it prints.
package final class TelltaleProcess: @unchecked Sendable {
    // Unchecked: reader threads append under `lock`; the rest is used by one test.
    /// The program that was built beside the tests; `TELLTALE` in the environment names another.
    package static let program: String =
        ProcessInfo.processInfo.environment["TELLTALE"]
        ?? URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
        .appendingPathComponent("telltale").path

    /// The environment of the test without settings, and with the files that this machine may have for its own Telltale
    /// put out of use; an empty variable brings the usual file back.
    static let ownEnvironment = ProcessInfo.processInfo.environment
        .filter { !$0.key.hasPrefix("TELLTALE_") }
        .merging(["TELLTALE_CONFIG": "/dev/null", "TELLTALE_WAAGENT_CONF": "none", "TELLTALE_CONTROL_SOCKET": "none"]) {
            $1
        }

    private let process = Process()
    private let lock = NSCondition()
    private var lines: [String] = []
    private var outputEnded = false
    private var errorText = ""
    private var errorEnded = false

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - arguments: the program's own.
    ///   - wrapper: a command that runs the program, such as `["unshare", "-Ur"]`; its arguments come first.
    ///   - environment: added to that of the test.
    /// - Throws: what kept it from starting.
    package init(_ arguments: [String], wrapper: [String] = [], environment: [String: String] = [:]) throws {
        let command = wrapper + [Self.program] + arguments
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.environment = Self.ownEnvironment.merging(environment) { $1 }
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        try process.run()
        read(output.fileHandleForReading) { [self] in
            lines += $0
        } end: { [self] in
            outputEnded = true
        }
        read(error.fileHandleForReading) { [self] in
            errorText += $0.joined(separator: "\n") + "\n"
        } end: { [self] in
            errorEnded = true
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    package var processIdentifier: Int32 { process.processIdentifier }

    package var isRunning: Bool { process.isRunning }

    /// The lines of standard output so far.
    package var output: [String] { lock.withLock { lines } }

    /// Standard error so far.
    package var errors: String { lock.withLock { errorText } }

    /// The NDJSON events so far, but for Telltale's own reports.
    package func events() throws -> [ReceivedEvent] {
        try output.map(ReceivedEvent.init(line:)).filter { $0.source != "telltale" }
    }

    /// Waits until at least `count` lines were printed; false when `patience` is over or the program ended.
    package func waitForLines(_ count: Int, within seconds: TimeInterval = patience) -> Bool {
        wait(within: seconds) { lines.count >= count }
    }

    /// Waits until standard error holds `text`.
    package func waitForError(_ text: String, within seconds: TimeInterval = patience) -> Bool {
        wait(within: seconds) { errorText.contains(text) }
    }

    package func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Waits for the end and answers the exit code; that of a signal is negative.
    package func waitForExit(within seconds: TimeInterval = patience) throws -> Int32 {
        guard eventually(within: seconds, { !process.isRunning }) else {
            throw TestKitError("\(process.arguments ?? []) did not end within \(seconds) s; it said: \(errors)")
        }
        process.waitUntilExit()
        _ = wait(within: 10) { outputEnded && errorEnded }
        return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
    }

    /// Asks it to stop and waits for the end.
    package func stop() throws -> Int32 {
        signal(SIGTERM)
        return try waitForExit()
    }

    private func wait(within seconds: TimeInterval, until condition: () -> Bool) -> Bool {
        let deadline = Date(timeIntervalSinceNow: seconds)
        lock.lock()
        defer { lock.unlock() }
        while !condition() {
            if outputEnded && errorEnded { return condition() }
            if !lock.wait(until: deadline) { return condition() }
        }
        return true
    }

    /// Reads lines on a thread of their own until the end.
    private func read(_ file: FileHandle, _ take: @escaping ([String]) -> Void, end: @escaping () -> Void) {
        let descriptor = file.fileDescriptor
        nonisolated(unsafe) let take = take  // Called under `lock` only.
        nonisolated(unsafe) let end = end
        let thread = Thread { [lock] in
            _ = file  // It closes the descriptor when it goes.
            var rest: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Glibc.read(descriptor, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                lock.lock()
                if count > 0 {
                    rest += buffer[..<count]
                    var complete: [String] = []
                    var start = rest.startIndex
                    while let newline = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                        complete.append(String(decoding: rest[start..<newline], as: UTF8.self))
                        start = newline + 1
                    }
                    rest.removeFirst(start)
                    if !complete.isEmpty { take(complete) }
                } else {
                    if !rest.isEmpty { take([String(decoding: rest, as: UTF8.self)]) }
                    end()
                }
                lock.broadcast()
                lock.unlock()
                if count <= 0 { return }
            }
        }
        thread.start()
    }
}
