internal import ArgumentParser
internal import Collection
internal import Configuration
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import Systemd

/// Says what holds and whether it would work, and changes nothing.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the settings, where each comes from, and whether they would work here.",
        discussion: """
            It takes the options of `run`, and looks at the directories, the spool, the kernel's limits and the outputs as the \
            user that calls it. It makes no directory, claims no file, and disturbs no service that is at work. Each finding is \
            ok, advice (it works, and could be better) or a fault (something would not work).

            Check a configuration file before it is used, and as the user of the service:
              telltale check --config new.conf
              sudo -u telltale telltale check --config new.conf

            Exit status: 0 no fault, 1 a fault, 64 wrong usage, 78 a wrong setting.
            """)

    @OptionGroup var options: CollectionOptions

    @Flag(name: .long, help: "Print one JSON object instead of lines.")
    var json = false

    func run() throws {
        let reading = try options.reader.read()
        let configuration = reading.configuration
        let findings = Self.surroundings(configuration).findings(for: configuration)
        let report = CheckReport(
            version: Telltale.version, configuration: configuration, files: reading.files, findings: findings)
        try CommandOutput.print(json ? report.json : report.text)
        if report.faults > 0 { throw ExitCode(ServiceFailure.Code.foundFaults.rawValue) }
    }

    private static func surroundings(_ configuration: EffectiveConfiguration) -> Surroundings {
        let survey = SurroundingsSurvey(of: configuration)
        return Surroundings(
            user: Machine.userID(), logRoot: survey.logRoot(), agentEvents: survey.agentEvents(), spool: survey.spool(),
            holder: survey.holder(), watching: survey.watching(), openFileLimit: Machine.openFileLimit(),
            noJournal: noJournal(), files: NamedFiles.survey(configuration), unit: ServiceUnit.ofThisProcess())
    }

    private static func noJournal() -> String? {
        do throws(Errno) {
            try JournalSocket().check()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
