internal import CLinux
internal import Glibc
package import SystemPackage

/// What the kernel says of the machine and of this process.
package enum Machine {
    /// The release of the running kernel, the hardware's name, and the machine's own: uname(2).
    package static func kernel() -> (release: String, architecture: String, hostName: String) {
        var names = utsname()
        // It fails only for a bad address.
        uname(&names)
        return (text(of: names.release), text(of: names.machine), text(of: names.nodename))
    }

    /// Physical memory in bytes: sysconf(3).
    package static func memory() -> UInt64 {
        let pages = sysconf(CInt(_SC_PHYS_PAGES))
        let size = sysconf(CInt(_SC_PAGESIZE))
        return UInt64(Swift.max(pages, 0)) * UInt64(Swift.max(size, 0))
    }

    /// Processors that are in use: sysconf(3).
    package static func processors() -> Int {
        Swift.max(sysconf(CInt(_SC_NPROCESSORS_ONLN)), 1)
    }

    package static func processID() -> Int32 { getpid() }

    /// The process that started this one; 1 or a reaper once that is gone.
    package static func parentProcessID() -> Int32 { getppid() }

    package static func threadID() -> Int32 { clinux_gettid() }

    /// The user whose rights this process has.
    package static func userID() -> UInt32 { geteuid() }

    /// How many descriptors this process may hold: getrlimit(2), RLIMIT_NOFILE.
    package static func openFileLimit() -> Int {
        var limit = rlimit()
        // It fails only for an unknown limit or a bad address.
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }

    /// The identity of this start of the machine (random/uuid form); nil where the kernel does not tell.
    package static func bootID() -> String? {
        guard let bytes = try? contents(of: "/proc/sys/kernel/random/boot_id", limit: 64) else { return nil }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// The variables of the environment, in their order; what is no UTF-8 is repaired.
    package static func environment() -> [(name: String, value: String)] {
        var variables: [(name: String, value: String)] = []
        var next = clinux_environment()
        while let variable = next?.pointee {
            let text = String(cString: variable)
            if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                variables.append((String(text[..<equals]), String(text[text.utf8.index(after: equals)...])))
            }
            next = next?.advanced(by: 1)
        }
        return variables
    }

    /// Opens a file that an operator or the system named, for reading; links are followed.
    private static func openForReading(_ path: FilePath) throws(Errno) -> OwnedDescriptor {
        OwnedDescriptor(
            owning: try retryingInterrupts {
                path.withPlatformString {
                    clinux_openat(AT_FDCWD, $0, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0)
                }
            })
    }

    /// Reads a file that an operator or the system named, at most `limit` bytes; links are followed.
    package static func contents(of path: FilePath, limit: Int) throws(Errno) -> [UInt8] {
        let file = try openForReading(path)
        return try file.readAll(limit: limit)
    }

    private static func text<Characters>(of characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
