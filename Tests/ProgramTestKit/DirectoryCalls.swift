import Foundation

/// System calls on paths that fail a test with what the kernel said.
package enum DirectoryCalls {
    package static func makeFIFO(_ path: String) throws {
        try check(mkfifo(path, 0o644), "mkfifo \(path)")
    }

    package static func makeDirectory(_ path: String) throws {
        try check(mkdir(path, 0o755), "mkdir \(path)")
    }

    package static func makeSymbolicLink(_ path: String, to target: String) throws {
        try check(symlink(target, path), "symlink \(path)")
    }

    package static func makeHardLink(_ path: String, to target: String) throws {
        try check(link(target, path), "link \(path)")
    }

    package static func makeSocket(_ path: String) throws {
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        try check(SocketAddress(path).withPointer { bind(descriptor, $0, $1) }, "bind \(path)")
    }

    /// Moves in one step, over an existing file if there is one.
    package static func move(_ path: String, to target: String) throws {
        try check(rename(path, target), "rename \(path)")
    }

    /// The kind of file (`S_IFMT` bits) without following a link; nil when there is none.
    package static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// The device that holds a path.
    package static func device(_ path: String) -> dev_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_dev : nil
    }

    /// Writes to a file with the open(2) flags given; false when there is none of that name (ENOENT), or one already
    /// (EEXIST).
    package static func write(_ text: String, to path: String, _ flags: CInt) throws -> Bool {
        let descriptor = open(path, flags | O_WRONLY | O_CLOEXEC, 0o644)
        if descriptor < 0, errno == ENOENT || errno == EEXIST { return false }
        try check(descriptor, "open \(path)")
        defer { close(descriptor) }
        try write(text, to: descriptor)
        return true
    }

    package static func write(_ text: String, to descriptor: CInt) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            try check(CInt(truncatingIfNeeded: count), "write")
            rest = rest.dropFirst(count)
        }
    }

    private static func check(_ answer: CInt, _ what: String) throws {
        guard answer >= 0 else { throw TestKitError("\(what): errno \(errno)") }
    }
}
