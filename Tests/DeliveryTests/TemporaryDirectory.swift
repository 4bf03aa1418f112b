import Glibc
import SystemPackage

/// A directory of a test's own, removed with all that is in it when the value goes.
final class TemporaryDirectory {
    let path: FilePath

    init() throws {
        var name = Array("/tmp/telltale-delivery-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else { throw Errno(rawValue: errno) }
        path = FilePath(platformString: name)
    }

    deinit {
        guard let entries = opendir(path.string) else { return }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { unlink(path.appending(name).string) }
        }
        closedir(entries)
        rmdir(path.string)
    }

    func file(_ name: String) -> FilePath { path.appending(name) }
}

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
