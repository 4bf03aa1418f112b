internal import ArgumentParser
internal import Configuration
internal import SystemCalls
internal import SystemPackage

/// Reads what an operator set, wherever: options, environment, Telltale's configuration file, the VM agent's.
struct ConfigurationReader {
    /// What was read.
    struct Reading {
        let configuration: EffectiveConfiguration
        /// The files that were read, Telltale's own first, with what they held.
        let judged: JudgedFiles

        /// The paths of these.
        var files: [String] { judged.files.map(\.path) }
    }

    /// Read when no other file is named, and it exists.
    static let usualFile = "/etc/telltale/telltale.conf"
    /// Wrong settings that are told one by one.
    private static let toldProblems = 20
    /// The exit status for a wrong command line (sysexits.h).
    private static let usage: Int32 = 64

    private let options: SettingLayer
    /// The file that was named on the command line.
    private let file: String?
    private let environment = Machine.environment()
    /// What is read in place of the files.
    private var judged: JudgedFiles?

    /// Takes what the command line says.
    init(_ options: SettingLayer, file: String?) {
        self.options = options
        self.file = file
    }

    /// The same reader, of files as a reload judged them; nil: as they are.
    func reading(_ judged: JudgedFiles?) -> ConfigurationReader {
        var reader = self
        reader.judged = judged
        return reader
    }

    /// What is wrong with the settings, as it is told.
    struct Fault: Error {
        /// A sentence for each wrong setting, the last one counting those that are left out.
        let lines: [String]
        let exitCode: Int32

        /// Says on standard error everything that is wrong.
        func complain() {
            for line in lines { CommandOutput.complain(line) }
        }
    }

    /// Reads all there is.
    ///
    /// - Throws: the exit code, after saying on standard error everything that is wrong.
    func read() throws -> Reading {
        do throws(Fault) {
            return try load()
        } catch {
            error.complain()
            throw ExitCode(error.exitCode)
        }
    }

    /// Reads all there is.
    func load() throws(Fault) -> Reading {
        let reading = readWhateverHolds()
        if let fault = Self.fault(of: reading.configuration.problems) { throw fault }
        return reading
    }

    /// What holds beside whatever is wrong.
    private func readWhateverHolds() -> Reading {
        var judged = JudgedFiles()
        var layers = [options, SettingLayer(environment: environment)]
        if let own = ownFile(&judged) { layers.append(own) }
        if let agent = waagentFile(EffectiveConfiguration(layers: layers)[.waagentConf], &judged) {
            layers.append(agent)
        }
        return Reading(configuration: EffectiveConfiguration(layers: layers), judged: judged)
    }

    /// The path of the running service's control socket: what the option says, else what holds for the service, even where
    /// other settings are wrong.
    static func controlSocket(option: String?) -> String {
        let reader = ConfigurationReader(SettingLayer(options: [:]), file: nil)
        return option ?? reader.readWhateverHolds().configuration.text(.controlSocket) ?? Setting.defaultControlSocket
    }

    /// The value of one setting for a command that has no other: what its own option says, else what holds for the service.
    ///
    /// - Throws: the exit code, after saying on standard error everything that is wrong.
    static func text(_ key: Setting.Key, option: String?) throws -> String {
        if let option { return option }
        return try ConfigurationReader(SettingLayer(options: [:]), file: nil).read().configuration.text(key) ?? ""
    }

    private func ownFile(_ judged: inout JudgedFiles) -> SettingLayer? {
        let variable = environment.last { $0.name == SettingLayer.configurationVariable && !$0.value.isEmpty }
        let named = file ?? variable?.value
        let path = named ?? Self.usualFile
        do {
            let bytes = try contents(of: path)
            judged.add(path, bytes)
            return SettingLayer(file: bytes, at: path)
        } catch {
            if named == nil, error == .noSuchFileOrDirectory { return nil }
            return SettingLayer(problem: SettingProblem(.file(path: path), .unreadable(reason: "\(error)")))
        }
    }

    /// A file that somebody named must be there; the usual one may be missing, and must not stop us when it cannot be read.
    private func waagentFile(
        _ entry: EffectiveConfiguration.Entry, _ judged: inout JudgedFiles
    ) -> SettingLayer? {
        guard case .text(let path) = entry.value, path != SettingKind.noFile else { return nil }
        do {
            let bytes = try contents(of: path)
            judged.add(path, bytes)
            return SettingLayer(waagentFile: bytes, at: path)
        } catch {
            let problem = SettingProblem(.file(path: path), .unreadable(reason: "\(error)"))
            guard entry.source == .fallback else { return SettingLayer(problem: problem) }
            return error == .noSuchFileOrDirectory ? nil : SettingLayer(warning: problem)
        }
    }

    /// One byte more than is allowed, so that a larger file shows.
    private func contents(of path: String) throws(Errno) -> [UInt8] {
        guard let judged else { return try Machine.contents(of: FilePath(path), limit: SettingLayer.largestFile + 1) }
        guard let bytes = judged[path] else { throw .noSuchFileOrDirectory }
        return bytes
    }

    private static func fault(of problems: [SettingProblem]) -> Fault? {
        guard !problems.isEmpty else { return nil }
        var lines = problems.prefix(toldProblems).map { "\($0)." }
        if problems.count > toldProblems {
            lines.append("and \(problems.count - toldProblems) more settings are wrong.")
        }
        let isUsage = problems.allSatisfy(\.isUsage)
        return Fault(lines: lines, exitCode: isUsage ? usage : ServiceFailure.Code.wrongSetting.rawValue)
    }
}
