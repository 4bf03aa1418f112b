internal import Foundation

/// The independent model of event files, in Python: a child that is given batches of files and answers each.
final class PythonModel {
    /// Why the model gave no answer.
    struct Failure: Error {
        let description: String
    }

    /// A file and whose it is, by the model's letter.
    struct File {
        /// `E`: an extension's; `C`: the agent's; `L`: the agent's legacy.
        let letter: Character
        let bytes: [UInt8]
    }

    /// Whether this machine has a Python that the model can run in (3.11 or later).
    static let isAvailable = runs(["-c", "import sys; sys.exit(sys.version_info < (3, 11))"])

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", tests.appendingPathComponent("PythonModel/event_file_model.py").path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Lets the child end, and waits for it.
    func end() throws {
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Gives the child a batch; it works while its answers are not asked for.
    ///
    /// The answers must be read before the next batch: it reads a batch whole before it answers, so that neither side
    /// waits for the other to read.
    func ask(_ files: [File]) throws {
        var batch = Data(Self.number(files.count))
        for file in files {
            batch.append(contentsOf: String(file.letter).utf8)
            batch.append(contentsOf: Self.number(file.bytes.count))
            batch.append(contentsOf: file.bytes)
        }
        try input.fileHandleForWriting.write(contentsOf: batch)
    }

    /// The answer to the next file of the batch.
    func answer() throws -> [UInt8] {
        let length = try read(4).reduce(0) { $0 << 8 | Int($1) }
        return try read(length)
    }

    private func read(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part = try output.fileHandleForReading.read(upToCount: count - bytes.count)
            guard let part, !part.isEmpty else { throw Failure(description: "the model ended without an answer") }
            bytes.append(contentsOf: part)
        }
        return bytes
    }

    private static func number(_ number: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(number).bigEndian) { Array($0) }
    }

    private static func runs(_ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
