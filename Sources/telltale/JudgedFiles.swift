internal import SystemCalls
internal import SystemPackage

/// The configuration files as a reload judged them, on their way to the start that goes by them.
///
/// A file that was read again might be another by then, and nobody would be left who has the old configuration.
struct JudgedFiles {
    /// The variable that tells the next start of the program in this process where they are: `<process>:<descriptor>`.
    private static let variable = "_TELLTALE_JUDGED_FILES"
    /// What all of them may hold, in bytes: two files of the largest size that is read, and their paths.
    private static let limit = 4 << 20

    /// In the order of reading; one that is not among them was not there.
    private(set) var files: [(path: String, contents: [UInt8])] = []

    /// What a file held; nil for one that was not there.
    subscript(path: String) -> [UInt8]? { files.last { $0.path == path }?.contents }

    /// Takes note of a file that was read.
    mutating func add(_ path: String, _ contents: [UInt8]) {
        files.append((path, contents))
    }

    /// Leaves them for the next start of the program in this process.
    ///
    /// - Returns: what has to stay open until then.
    func leave() throws(Errno) -> OwnedDescriptor {
        var bytes: [UInt8] = []
        for (path, contents) in files {
            bytes += Array("\(path.utf8.count) \(contents.count)\n".utf8) + Array(path.utf8) + contents
        }
        let file = try OwnedDescriptor(inMemory: "telltale-configuration", holding: bytes)
        try Machine.setVariable(Self.variable, to: "\(Machine.processID()):\(file.rawValue)")
        return file
    }

    /// Takes what the program left before it was started again in this process; nil where it was not.
    static func taken() -> JudgedFiles? {
        guard let value = Machine.environment().last(where: { $0.name == variable })?.value else { return nil }
        // It has served its purpose, whatever comes of it.
        _ = try? Machine.setVariable(variable, to: nil)
        let parts = value.split(separator: ":")
        guard parts.count == 2, Int32(parts[0]) == Machine.processID(), let descriptor = CInt(parts[1]),
            let bytes = try? OwnedDescriptor(owning: descriptor).readAll(limit: limit)
        else { return nil }
        return JudgedFiles(bytes)
    }

    init() {}

    private init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let head = rest.prefix { $0 != UInt8(ascii: "\n") }
            let sizes = String(decoding: head, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
            rest = rest.dropFirst(head.count + 1)
            guard sizes.count == 2, sizes.allSatisfy({ $0 >= 0 }), sizes[0] <= rest.count else { return nil }
            let path = String(decoding: rest.prefix(sizes[0]), as: UTF8.self)
            rest = rest.dropFirst(sizes[0])
            guard sizes[1] <= rest.count else { return nil }
            add(path, Array(rest.prefix(sizes[1])))
            rest = rest.dropFirst(sizes[1])
        }
    }
}
