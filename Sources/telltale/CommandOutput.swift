internal import ArgumentParser
internal import SystemCalls
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

    /// Puts text into a file in one step, so that a reader sees the old or the new one whole.
    static func write(_ text: String, to path: FilePath) throws(Errno) {
        guard let name = path.lastComponent else { throw .isDirectory }
        let directory = try Directory(at: path.containingDirectory)
        let target = FileName(name.string.utf8)
        // Standard output or a device is not to be replaced by a file.
        if let status = try directory.status(of: target), status.kind != .regular { throw .invalidArgument }
        let temporary = FileName("\(name.string).new".utf8)
        do {
            try directory.removeFile(temporary)
        } catch Errno.noSuchFileOrDirectory {
            // The usual case: nothing was left behind.
        }
        try directory.openForWriting(temporary, .new).writeAll(Array(text.utf8))
        try directory.replace(target, with: temporary)
    }
}
