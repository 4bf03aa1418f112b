import SystemPackage

/// All bytes of a file.
func contents(of path: FilePath) throws -> String {
    let file = try FileDescriptor.open(path, .readOnly)
    return try file.closeAfter { String(decoding: try bytes(of: file), as: UTF8.self) }
}

func write(_ text: String, to path: FilePath) throws {
    let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(text.utf8) }
}

/// Reads until the end of the file, or until nothing more is there now where it does not block.
func bytes(of file: FileDescriptor) throws -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        do {
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return all }
            all += buffer[..<count]
        } catch Errno.resourceTemporarilyUnavailable {
            return all
        }
    }
}
