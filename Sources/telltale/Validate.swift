internal import ArgumentParser
internal import Collection
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Tells authors of extensions what would become of their event files.
struct Validate: ParsableCommand {
    /// Whose schema applies.
    enum Schema: String, CaseIterable, ExpressibleByArgument {
        case `extension`
        case agent

        var source: EventFile.Source {
            switch self {
            case .extension: .handler("")
            case .agent: .agent
            }
        }
    }

    static let configuration = CommandConfiguration(
        abstract: "Say what would become of event files: accepted, cut, redacted or rejected, where and why.",
        discussion: """
            It looks at files with the validator of the service itself, and leaves them alone. A file whose name ends in \
            .tld is judged as one of the VM agent's, any other as an extension's. Where there is a fault, the line is shown \
            with a mark under the place.

            Check what a script of yours writes, before it is published:
              my-extension --print-event | telltale validate -

            Name the files of a directory that have faults:
              telltale validate --json events/*.json |
                jq -r 'select(.fault or .rejected > 0).file'

            With --json each file is one object on a line of its own:
              file      its name as given; "standard input" for -
              source    extension or agent: whose schema was used
              accepted  how many events
              rejected  how many events; reasons: how many for each reason
              cut       how many texts of accepted events
              redacted  how many texts of accepted events
              fault     null, or why the whole file is rejected: code, reason;
                        and line, column, offset where it has a place
              warning   null, or what else is wrong, such as the file's name
              events    each with index and accepted, and if true
                          cut: a list of field, from, to (in code points)
                          redacted: a list of field, queries (how many)
                        if false
                          code, reason, field (or null), line, column, offset
              unlisted  accepted, rejected: how many events are counted only
            Lines and columns (in code points) count from 1, indexes and offsets (in bytes) from 0.

            Exit status: 0 all accepted, 1 something is rejected, 64 wrong usage, 66 a file cannot be opened or read \
            (whatever else was found), 74 the output failed.
            """)

    @Argument(
        help: ArgumentHelp("Event files; - is standard input.", valueName: "file|-"),
        completion: .file())
    var files: [String]

    @Flag(help: "Print one JSON object for each file, and no summary.")
    var json = false

    @Option(
        help: "Whose events the files hold. (default: the agent's in files that end in .tld, else an extension's)")
    var source: Schema?

    @Option(
        help: ArgumentHelp(
            "List at most so many rejected and so many accepted events of each file; all are counted.", valueName: "n"))
    var list = ValidationLimits().keptRejections

    /// More would only fill the memory.
    private static let longestList = 10_000

    mutating func validate() throws {
        guard (0...Self.longestList).contains(list) else {
            throw ValidationError("--list is \(list); 0 to \(Self.longestList) events were expected.")
        }
        guard files.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("- stands for standard input, which can be read once; name it once.")
        }
        guard !files.contains("") else {
            throw ValidationError("A file's name is empty; the path of an event file or - was expected.")
        }
    }

    func run() throws {
        let style: TextStyle = Terminal.standardOutputTakesColours ? .coloured : .plain
        var summary = ValidationSummary()
        for name in files {
            let report = name == "-" ? reportOnStandardInput() : report(on: name)
            summary.add(report)
            try CommandOutput.print(json ? report.json : report.text(style: style))
        }
        if !json { try CommandOutput.print(summary.text(style: style)) }
        if summary.unreadFiles > 0 { throw ExitCode(ServiceFailure.Code.noInput.rawValue) }
        if summary.findsFaults { throw ExitCode(ServiceFailure.Code.foundFaults.rawValue) }
    }

    private func report(on path: String) -> ValidationReport {
        let file = NamedEventFile(at: FilePath(path))
        let source = source?.source ?? file.source
        let bytes: [UInt8]
        do {
            bytes = try file.contents(limit: ValidationLimits().fileSize)
        } catch {
            return ValidationReport(error, from: source, named: path)
        }
        var report = ValidationReport(of: bytes, from: source, named: path, listing: list)
        if !file.hasName(for: source) {
            report.warning =
                source == .agent
                ? "the service takes only files whose names end in .tld from the agent"
                : "the service takes no file of this name, only digits and .json, such as 1591905451.json"
        }
        return report
    }

    private func reportOnStandardInput() -> ValidationReport {
        let source = (source ?? .extension).source
        let name = "standard input"
        do {
            let bytes = try CommandInput.read(limit: ValidationLimits().fileSize + 1)
            return ValidationReport(of: bytes, from: source, named: name, listing: list)
        } catch {
            return ValidationReport(.unreadable(reason: "\(error)"), from: source, named: name)
        }
    }
}
