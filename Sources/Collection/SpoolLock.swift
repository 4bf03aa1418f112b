internal import SystemCalls
internal import SystemPackage

/// The lock that lets one process at a time work in a spool; the kernel gives it back when the process ends.
struct SpoolLock: ~Copyable {
    private let file: OwnedDescriptor

    /// - Throws: `SpoolError.heldByAnother` with what the holder wrote about itself.
    init(in root: Directory, of path: FilePath, purpose: String) throws(SpoolError) {
        do {
            self.init(holding: try Self.lock(in: root, of: path, purpose: purpose))
        } catch let error as SpoolError {
            throw error
        } catch {
            throw SpoolError(.cannotOpen, path: path, underlying: error as? Errno)
        }
    }

    private init(holding file: consuming OwnedDescriptor) {
        self.file = file
    }

    private static func lock(in root: Directory, of path: FilePath, purpose: String) throws -> OwnedDescriptor {
        let file = try root.openForWriting("lock", .keeping)
        guard try file.lockExclusively() else {
            throw SpoolError(.heldByAnother(holder: holder(by: file)), path: path)
        }
        try file.truncate(to: 0)
        try file.writeAll(Array("process \(Machine.processID()) (\(purpose))\n".utf8))
        return file
    }

    /// What the holder wrote about itself.
    static func holder(by file: borrowing OwnedDescriptor) -> String {
        let written = try? file.readAll(limit: 200)
        let line = String(decoding: (written ?? []).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return line.isEmpty ? "another process" : line
    }
}
