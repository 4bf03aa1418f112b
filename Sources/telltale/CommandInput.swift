internal import SystemCalls
internal import SystemPackage

/// What a command reads besides files.
enum CommandInput {
    /// Reads standard input to its end, at most `limit` bytes.
    static func read(limit: Int) throws(Errno) -> [UInt8] {
        try OwnedDescriptor(duplicating: FileDescriptor.standardInput.rawValue).readAll(limit: limit)
    }
}
