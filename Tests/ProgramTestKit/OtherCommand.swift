import Foundation

/// A command of the system that a test needs.
package enum OtherCommand {
    /// Runs it to its end and answers its exit code and everything that it printed.
    @discardableResult
    package static func run(_ command: [String]) throws -> (exit: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// Whether the command can be run here and succeeds.
    package static func succeeds(_ command: [String]) -> Bool {
        (try? run(command).exit) == 0
    }
}
