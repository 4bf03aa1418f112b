import Foundation

/// A terminal of a test's own, with the built program on it, and everything that was written to it.
package final class PseudoTerminal: @unchecked Sendable {
    // Unchecked: one thread appends under `lock`; the rest is used by one test.
    private let master: CInt
    /// Kept open, so that the terminal outlives the program.
    private let slave: CInt
    private let process = Process()
    private let lock = NSCondition()
    private var written: [UInt8] = []

    // TIOCSPTLCK and TIOCGPTPEER of linux/ioctls.h, which Swift cannot read.
    private static let setLock: UInt = 0x4004_5431
    private static let openPeer: UInt = 0x5441

    /// Whether there is what makes a terminal a process's own.
    package static let isAvailable = OtherCommand.succeeds(["setsid", "--version"])

    /// Starts the program on a terminal of so many columns and rows.
    package init(
        _ arguments: [String], columns: UInt16 = 100, rows: UInt16 = 50, environment: [String: String] = [:]
    ) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard master >= 0 else { throw TestKitError("open of /dev/ptmx: errno \(errno)") }
        var isLocked: CInt = 0
        _ = ioctl(master, Self.setLock, &isLocked)
        slave = ioctl(master, Self.openPeer, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard slave >= 0 else { throw TestKitError("open of the terminal: errno \(errno)") }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["setsid", "--ctty", "--wait", TelltaleProcess.program] + arguments
        process.environment = TelltaleProcess.ownEnvironment.merging(["TERM": "xterm"]) { $1 }
            .merging(environment) { $1 }
        let terminal = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        process.standardInput = terminal
        process.standardOutput = terminal
        process.standardError = terminal
        resize(columns: columns, rows: rows)
        try process.run()
        Thread { [self] in read() }.start()
    }

    /// Ends the program, if the test did not.
    package func close() {
        if process.isRunning, let group = foregroundGroup { kill(-group, SIGKILL) }
        process.waitUntilExit()
        Glibc.close(slave)
    }

    /// The process group that the terminal's signals go to: the program, once it runs.
    package var foregroundGroup: pid_t? {
        let group = tcgetpgrp(master)
        return group > 0 ? group : nil
    }

    /// How the terminal is set: whether what is typed is echoed, and comes a line at a time.
    package var settings: (echoes: Bool, waitsForLines: Bool) {
        var settings = termios()
        tcgetattr(slave, &settings)
        return (settings.c_lflag & tcflag_t(ECHO) != 0, settings.c_lflag & tcflag_t(ICANON) != 0)
    }

    /// Everything that was written so far.
    package var output: String { lock.withLock { String(decoding: written, as: UTF8.self) } }

    /// What stands on the screen: the lines of the last whole frame, without colours.
    package var frame: [String] {
        let frames = output.components(separatedBy: "\u{1B}[H").dropFirst()
            .filter { $0.contains("\u{1B}[J") }
        guard let last = frames.last?.components(separatedBy: "\u{1B}[J").first else { return [] }
        // The terminal adds a carriage return to each line end.
        return last.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).replacing(/\u{1B}\[[0-9;]*[mK]|\r/, with: "") }
    }

    /// Waits until the screen is as it should be.
    package func waitForFrame(_ condition: ([String]) -> Bool) -> Bool {
        eventually { condition(frame) || !process.isRunning } && condition(frame)
    }

    package func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(master, bytes, bytes.count)
    }

    package func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Waits for the end and answers the exit code.
    package func waitForExit() throws -> Int32 {
        guard eventually({ !process.isRunning }) else { throw TestKitError("it did not end; it wrote: \(output)") }
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func read() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(master, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            // Without a slave there is nothing more to come.
            if count <= 0 { break }
            lock.withLock { written += buffer[..<count] }
        }
        Glibc.close(master)
    }
}
