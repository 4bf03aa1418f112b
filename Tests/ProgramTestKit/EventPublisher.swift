import Foundation

/// Writes event files as an extension does.
package struct EventPublisher {
    package let directory: String

    /// Makes `<root>/<handler>/events`.
    package init(root: String, handler: String) throws {
        directory = "\(root)/\(handler)/events"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    /// The JSON of one event.
    package static func event(_ message: String, level: String = "Informational") -> String {
        let quoted = String(decoding: (try? JSONEncoder().encode(message)) ?? Data("\"\"".utf8), as: UTF8.self)
        return "{\"Version\":\"1.0\",\"Timestamp\":\"2026-01-02T03:04:05.678901Z\",\"TaskName\":\"task\","
            + "\"EventLevel\":\"\(level)\",\"Message\":\(quoted),\"EventPid\":\"11\",\"EventTid\":\"12\",\"OperationId\":\"op\"}"
    }

    /// Publishes in the recommended way: a temporary file, then a rename.
    package func publish(_ name: String, _ contents: String) throws {
        let temporary = "\(directory)/\(name).tmp"
        try write(contents, to: temporary)
        guard rename(temporary, "\(directory)/\(name)") == 0 else {
            throw TestKitError("rename \(temporary): errno \(errno)")
        }
    }

    /// Writes a file under its final name.
    package func writeInPlace(_ name: String, _ contents: String) throws {
        try write(contents, to: "\(directory)/\(name)")
    }

    private func write(_ contents: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TestKitError("open \(path): errno \(errno)") }
        defer { close(descriptor) }
        let bytes = Array(contents.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw TestKitError("write \(path): errno \(errno)")
        }
    }
}
