internal import ArgumentParser
internal import Configuration
internal import Control
internal import HTTP

/// Which running service a command asks, and what it says where none answers.
struct ControlOptions: ParsableArguments {
    @Option(
        name: .customLong(Setting.Key.controlSocket.rawValue),
        help: ArgumentHelp(
            "The socket of the service. (default: that of its configuration, else \(Setting.defaultControlSocket))",
            valueName: "file"), completion: .file())
    var controlSocket: String?

    /// A client of the service.
    ///
    /// - Throws: the exit code, after saying that there is no such socket by configuration.
    func client() throws -> ControlClient {
        let path = ConfigurationReader.controlSocket(option: controlSocket)
        guard path != SettingKind.noFile else {
            CommandOutput.complain(
                "by its configuration the service has no control socket; set \(Setting.Key.controlSocket.rawValue) to a path."
            )
            throw ExitCode(ServiceFailure.Code.wrongSetting.rawValue)
        }
        return ControlClient(path: path, client: HTTPClient())
    }

    /// Makes the service reload.
    ///
    /// The configuration that it is to read may name another socket than the one that it has.
    func reload() throws(ControlFailure) -> ControlClient.ReloadResult {
        let client = HTTPClient()
        let usual = ControlClient(path: Setting.defaultControlSocket, client: client)
        let path = ConfigurationReader.controlSocket(option: controlSocket)
        guard path != SettingKind.noFile else { return try usual.reload() }
        do throws(ControlFailure) {
            return try ControlClient(path: path, client: client).reload()
        } catch .notRunning where controlSocket == nil && path != Setting.defaultControlSocket {
            return try usual.reload()
        }
    }

    /// What the service answers when it is asked for something that is there.
    ///
    /// - Throws: the exit code, after saying why there is no answer and what helps.
    func get(_ target: String) throws -> [UInt8] {
        let client = try client()
        do throws(ControlFailure) {
            return try client.get(target)
        } catch {
            throw Self.complain(of: error)
        }
    }

    /// Says why the service was not asked, and what helps.
    ///
    /// - Returns: the exit code.
    static func complain(of failure: ControlFailure) -> ExitCode {
        switch failure {
        case .notRunning(let path):
            CommandOutput.complain(
                "the service is not running: nobody answers at \(path). Start it with systemctl start telltale, or name "
                    + "its socket with \(Setting.Key.controlSocket.option).")
            return ExitCode(ServiceFailure.Code.unavailable.rawValue)
        case .notPermitted(let path):
            CommandOutput.complain(
                "this user may not ask that at \(path); be root, or, for the status and the metrics, of the group of the service."
            )
            return ExitCode(ServiceFailure.Code.notPermitted.rawValue)
        case .noAnswer(let path, let reason):
            CommandOutput.complain(
                "the service does not answer at \(path): \(reason). See systemctl status telltale; its watchdog restarts it "
                    + "when it is stuck.")
            return ExitCode(ServiceFailure.Code.unavailable.rawValue)
        }
    }
}
