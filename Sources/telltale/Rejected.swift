internal import ArgumentParser
internal import Collection
internal import Configuration
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Tells why events were not delivered, from the rejected files that the service keeps.
struct Rejected: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the rejected files that the service keeps, or show what is wrong with one.",
        discussion: """
            A file of which an event was rejected is kept in <spool>/rejected as its publisher wrote it, with a record of each \
            reason and place; the newest are kept, for a week at the most.

            What was rejected of one extension, and what is wrong with the last of it:
              telltale rejected list --handler Acme.Extension
              telltale rejected show last --handler Acme.Extension

            Exit status: 0 done (also when nothing was rejected), 64 wrong usage, 66 no such file is kept, or the \
            spool cannot be read, 78 the settings are wrong that tell the spool.
            """,
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    /// The options of both commands.
    struct Store: ParsableArguments {
        @Option(
            name: .customLong("spool-dir"),
            help: ArgumentHelp("The service's spool. (default: that of the service's settings)", valueName: "dir"),
            completion: .directory)
        var spoolOption: String?

        @Option(
            help: ArgumentHelp(
                "Only the files of this extension; - for those of the VM agent.", valueName: "name"))
        var handler: String?

        func spool() throws -> String {
            try ConfigurationReader.text(.spoolDir, option: spoolOption)
        }

        /// The store and what it holds, from the oldest to the newest; nil when nothing was rejected yet.
        func open() throws -> (files: RejectedFiles, items: [RejectedFiles.Item])? {
            let spool = try spool()
            let path = FilePath(spool)
            do {
                _ = try Directory(at: path)
            } catch {
                let help =
                    error == .permissionDenied
                    ? "ask as a user who may read it, such as root" : "name with --spool-dir that of the service"
                throw ServiceFailure("the spool \(spool) cannot be read: \(error); \(help).", exitCode: .noInput)
            }
            do {
                let files = try RejectedFiles(ofSpoolAt: path)
                let items = try files.items()
                guard let handler else { return (files, items) }
                let wanted = handler == "-" ? nil : FileName(Array(handler.utf8))
                return (files, items.filter { $0.handler == wanted })
            } catch Errno.noSuchFileOrDirectory {
                return nil
            } catch {
                throw ServiceFailure(
                    "\(spool)/rejected cannot be read: \(error); ask as a user who may read it, such as root.",
                    exitCode: .noInput)
            }
        }
    }

    /// Lists what is kept.
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One line for each rejected file: when, whose, which, its id, and why.")

        @OptionGroup var store: Store

        @Flag(help: "Print the records, one JSON object a line.")
        var json = false

        func run() throws {
            try ServiceFailure.reporting {
                let (files, items) = try store.open() ?? (nil, [])
                var table = RejectedTable()
                for item in items {
                    // It may have gone since the directory was read.
                    guard let record = try Rejected.record(of: item, in: files) else { continue }
                    if json {
                        guard let line = record.oneLine else {
                            CommandOutput.complain("the record of \(item.claim) is damaged")
                            continue
                        }
                        try CommandOutput.print(line)
                    } else {
                        table.add(record, claim: item.claim)
                    }
                }
                if !json { try CommandOutput.print(table.text) }
            }
        }
    }

    /// Shows one file.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is wrong with a rejected file, with each line shown.")

        @Argument(help: "The file's id as the list has it, or the beginning of it; last is the newest.")
        var id: String

        @OptionGroup var store: Store

        func run() throws {
            try ServiceFailure.reporting {
                guard let (files, items) = try store.open() else { throw notKept }
                let found = id == "last" ? items.suffix(1) : items.filter { "\($0.claim)".hasPrefix(id) }[...]
                guard let item = found.first, !id.isEmpty else { throw notKept }
                guard found.count == 1 else {
                    throw ServiceFailure(
                        "\(found.count) rejected files have ids that begin with \(id); name more of it.",
                        exitCode: .noInput)
                }
                guard let record = try Rejected.record(of: item, in: files) else { throw notKept }
                try CommandOutput.print(record.description)
                guard let bytes = try Rejected.file(of: item, in: files) else { return }
                let source = item.handler.map { EventFile.Source.handler(UTF8Text(repairing: $0.bytes)) } ?? .agent
                let style: TextStyle = Terminal.standardOutputTakesColours ? .coloured : .plain
                let report = ValidationReport(of: bytes, from: source, named: record.fileName)
                try CommandOutput.print(report.text(style: style))
            }
        }

        private var notKept: ServiceFailure {
            ServiceFailure(
                "no rejected file with the id \(id) is kept in the spool; telltale rejected list has the ids.",
                exitCode: .noInput)
        }
    }

    /// The publisher's file; nil when it is not kept, or went meanwhile.
    private static func file(of item: RejectedFiles.Item, in files: RejectedFiles) throws -> [UInt8]? {
        try reading("the rejected file \(item.claim)") { () throws(Errno) in
            try files.file(of: item, limit: ValidationLimits().fileSize + 1)
        }
    }

    /// The record; nil when there is none, or when it went meanwhile.
    private static func record(of item: RejectedFiles.Item, in files: RejectedFiles?) throws -> KeptRecord? {
        let bytes = try reading("the record of \(item.claim)") { () throws(Errno) in try files?.record(of: item) }
        return bytes.map { KeptRecord($0, handler: item.handler?.description) }
    }

    private static func reading(_ what: String, _ body: () throws(Errno) -> [UInt8]?) throws -> [UInt8]? {
        do throws(Errno) {
            return try body()
        } catch {
            throw ServiceFailure(
                "\(what) cannot be read: \(error); ask as a user who may read it, such as root.", exitCode: .noInput)
        }
    }
}
