internal import SystemCalls
internal import SystemPackage

/// The programs that are measured.
struct Programs {
    let telltale: FilePath
    let floor: FilePath

    /// Looks beside the bench itself for what was not named.
    init(telltale: String?, floor: String?) throws {
        let beside = try Kernel.ownProgram().removingLastComponent()
        self.telltale = try Self.find(telltale, beside.appending("telltale"), option: "--telltale")
        self.floor = try Self.find(floor, beside.appending("telltale-floor"), option: "--floor")
    }

    /// A program of the system's, by its name; its environment needs ``searchPath``.
    static func find(_ name: String) throws -> FilePath {
        for directory in searchPath.split(separator: ":") {
            let path = FilePath("\(directory)/\(name)")
            if Kernel.isExecutable(path) { return path }
        }
        throw BenchFailure("There is no \(name) in PATH (\(searchPath)); install it.")
    }

    static var searchPath: String {
        Machine.environment().first { $0.name == "PATH" }?.value ?? "/usr/bin:/bin"
    }

    private static func find(_ named: String?, _ usual: FilePath, option: String) throws -> FilePath {
        let path = named.map { FilePath($0) } ?? usual
        guard Kernel.isExecutable(path) else {
            throw BenchFailure("\(path) cannot be run; build it (swift build -c release) or name it with \(option).")
        }
        return path
    }
}
