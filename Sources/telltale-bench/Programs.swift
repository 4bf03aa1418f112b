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

    private static func find(_ named: String?, _ usual: FilePath, option: String) throws -> FilePath {
        let path = named.map { FilePath($0) } ?? usual
        guard Kernel.isExecutable(path) else {
            throw BenchFailure("\(path) cannot be run; build it (swift build -c release) or name it with \(option).")
        }
        return path
    }
}
