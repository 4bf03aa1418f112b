internal import SystemCalls
internal import SystemPackage

/// What a user's processes have of inotify: proc(5), `fdinfo`.
package struct InotifyUse: Hashable, Sendable {
    package private(set) var instances = 0
    package private(set) var watches = 0
    /// False where there may be more: a bound was reached, or a process could not be looked at.
    package private(set) var isComplete = true

    /// Descriptors that are looked at; a machine with more gets an incomplete answer.
    private static let mostDescriptors = 200_000
    /// Bytes of one instance's description that are read: more than 100,000 watches.
    private static let mostBytes = 16 << 20

    private var descriptors = 0

    /// Looks through the processes of a user that can be seen here.
    package init(ofUser user: UInt32) {
        do {
            let processes = try Directory(at: "/proc")
            try Self.forEachEntry(of: processes) { name in
                let isProcess = name.bytes.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
                guard isProcess, let process = try? Directory(named: name, in: processes),
                    (try? process.status())?.owner == user
                else { return }
                count(process)
            }
        } catch {
            isComplete = false
        }
    }

    private mutating func count(_ process: Directory) {
        do {
            let links = try Directory(named: "fd", in: process)
            let descriptions = try Directory(named: "fdinfo", in: process)
            try Self.forEachEntry(of: links) { name in
                descriptors += 1
                guard descriptors <= Self.mostDescriptors else {
                    isComplete = false
                    return
                }
                // One that was closed meanwhile is none.
                guard let target = try? links.target(ofLink: name), target == "anon_inode:inotify",
                    let file = try? descriptions.openForReading(name)
                else { return }
                instances += 1
                let text = try file.readAll(limit: Self.mostBytes)
                if text.count == Self.mostBytes { isComplete = false }
                watches += text.split(separator: UInt8(ascii: "\n")).count { $0.starts(with: "inotify wd:".utf8) }
            }
        } catch Errno.noSuchFileOrDirectory, Errno.noSuchProcess {
            // It ended meanwhile.
        } catch {
            isComplete = false
        }
    }

    private static func forEachEntry(of directory: Directory, _ body: (FileName) throws -> Void) throws {
        let entries = try directory.entries()
        while true {
            let next = try entries.next()
            if next.isEmpty { return }
            for entry in next { try body(entry.name) }
        }
    }
}
