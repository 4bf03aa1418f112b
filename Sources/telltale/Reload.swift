internal import ArgumentParser
internal import Control

/// Makes a running service read its configuration again.
struct Reload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the running service read its configuration again, and wait until it is in force.",
        discussion: """
            The service judges the new configuration first: a wrong one is refused with its errors, and the old one stays \
            in force. A right one takes effect at once, in the same process; nothing is lost, and the counts begin anew. \
            The unit's ExecReload is this command, so that systemctl reload telltale fails where the configuration is wrong. \
            For root and the user of the service. SIGHUP does the same without an answer.

            Exit status: 0 it is in force, 64 wrong usage, 69 the service is not running or did not answer again, \
            77 this user may not, 78 the configuration is refused.
            """)

    @OptionGroup var control: ControlOptions

    func run() throws {
        let result: ControlClient.ReloadResult
        do throws(ControlFailure) {
            result = try control.reload()
        } catch {
            throw ControlOptions.complain(of: error)
        }
        switch result {
        case .inForce: try CommandOutput.print("The new configuration is in force.\n")
        case .unchanged: try CommandOutput.print("The configuration is what it was; everything is scanned once more.\n")
        case .refused(let reasons):
            CommandOutput.complain("the new configuration is refused, and the old one stays in force:")
            for reason in reasons { CommandOutput.complain(reason) }
            throw ExitCode(ServiceFailure.Code.wrongSetting.rawValue)
        case .scanning:
            try CommandOutput.print("The new configuration is in force; the first scan by it goes on.\n")
        case .gone:
            CommandOutput.complain(
                "the new configuration was accepted, but the service did not answer again within "
                    + "\(ControlClient.longestReload); see systemctl status telltale.")
            throw ExitCode(ServiceFailure.Code.unavailable.rawValue)
        }
    }
}
