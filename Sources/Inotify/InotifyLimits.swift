internal import SystemCalls
internal import SystemPackage

/// The kernel's bounds on watching: inotify(7), `/proc/sys/fs/inotify`.
package struct InotifyLimits: Hashable, Sendable {
    /// Watches of one user; nil where the kernel does not tell.
    package let watches: Int?
    /// Instances of one user.
    package let instances: Int?
    /// Records that wait in one instance before the kernel drops further ones.
    package let queuedEvents: Int?

    /// Asks the kernel.
    package init() {
        watches = Self.number(in: "max_user_watches")
        instances = Self.number(in: "max_user_instances")
        queuedEvents = Self.number(in: "max_queued_events")
    }

    private static func number(in name: String) -> Int? {
        let path = FilePath("/proc/sys/fs/inotify").appending(name)
        guard let bytes = try? Machine.contents(of: path, limit: 32) else { return nil }
        return Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
