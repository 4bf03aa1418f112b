internal import ArgumentParser
internal import SystemPackage

/// What a command says besides its work.
enum CommandOutput {
    /// Says on standard error what is wrong.
    static func complain(_ message: String) {
        complain(lines: "telltale: \(message)\n")
    }

    /// Says whole lines on standard error.
    static func complain(lines: String) {
        // There is nobody else to tell when standard error is closed.
        _ = try? FileDescriptor.standardError.writeAll(lines.utf8)
    }

    /// Prints what was asked for.
    ///
    /// - Throws: the exit code, when standard output takes it no longer.
    static func print(_ text: String) throws {
        do {
            try FileDescriptor.standardOutput.writeAll(text.utf8)
        } catch {
            complain("standard output cannot be written: \(error)")
            throw ExitCode(ServiceFailure.Code.outputFailed.rawValue)
        }
    }
}
