internal import ArgumentParser
internal import Collection
internal import Configuration
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// Publishes an event for an extension that is a script.
struct Emit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish one event of an extension, correctly: for extensions that are scripts.",
        discussion: """
            The event is checked with the validator of the service, written to a temporary file, and renamed to a number \
            that no other event file has; so the service finds it whole. Its path is printed. What would be rejected is \
            not published.

            Publish an event of this script (eventsFolder stands in the extension's HandlerEnvironment.json):
              telltale emit --events-dir "$events_folder" --task Install \\
                --version 1.0.3 --message "Installed 12 packages"

            Publish the end of a log as an error:
              tail -n 20 install.log | telltale emit --handler Acme.Backup.Linux \\
                --task Install --version 1.0.3 --level Error --message -

            What is no UTF-8 becomes U+FFFD. White space at both ends of the message is left out. What the service would \
            cut or redact is told on standard error.

            Exit status: 0 published, 1 the event would be rejected, 64 wrong usage, 66 standard input cannot be read, \
            73 there is no directory to publish into, or it may not be written, 74 the event could not be written, 78 the \
            settings are wrong that tell the log root.
            """)

    @Option(
        name: .customLong("events-dir"),
        help: ArgumentHelp(
            "The extension's directory of event files, eventsFolder in HandlerEnvironment.json. Where it is called events, "
                + "it is made if it is missing.", valueName: "dir"), completion: .directory)
    var eventsDirectory: String?

    @Option(
        help: ArgumentHelp(
            "Instead: the extension by its name; its events go to <log root>/<NAME>/events.", valueName: "name"))
    var handler: String?

    @Option(
        name: .customLong("extension-log-dir"),
        help: ArgumentHelp(
            "The log root, for --handler. (default: that of the service's settings)", valueName: "dir"),
        completion: .directory)
    var extensionLog: String?

    // These three are checked below: where one that the parser requires is missing, --version would be taken for the
    // question after telltale's own version, which then succeeds. Whatever the message begins with, it is the message.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Required. Message: what happened; - takes it from standard input.", valueName: "text|-"))
    var message: String?

    @Option(help: ArgumentHelp("Required. TaskName: what the extension was doing.", valueName: "name"))
    var task: String?

    @Option(
        name: .customLong("version"),
        help: ArgumentHelp(
            "Required. Version: that of the extension. (telltale --version shows that of telltale)",
            valueName: "version"))
    var extensionVersion: String?

    @Option(
        help: ArgumentHelp(
            "EventLevel: Critical, Error, Warning, Informational, Verbose or LogAlways.", valueName: "level"),
        completion: .list(["Critical", "Error", "Warning", "Informational", "Verbose", "LogAlways"]))
    var level = "Informational"

    @Option(
        name: .customLong("operation-id"),
        help: ArgumentHelp("OperationId: what ties events of one operation together. (default: empty)", valueName: "id")
    )
    var operation = ""

    @Option(
        help: ArgumentHelp(
            "EventPid: the process that the event is about. (default: the one that started telltale)", valueName: "id"))
    var pid: UInt32?

    @Option(help: ArgumentHelp("EventTid: its thread. (default: the same as EventPid)", valueName: "id"))
    var tid: UInt32?

    @Option(help: ArgumentHelp("Timestamp: ISO 8601. (default: now, in UTC)", valueName: "time"))
    var timestamp: String?

    mutating func validate() throws {
        let missing = [("--message", message), ("--task", task), ("--version", extensionVersion)].filter { $0.1 == nil }
        guard missing.isEmpty else {
            throw ValidationError("Missing: \(missing.map(\.0).joined(separator: ", ")). Every event needs these.")
        }
        switch (eventsDirectory, handler) {
        case (nil, nil):
            throw ValidationError(
                "Neither --events-dir nor --handler is given; one was expected, to say where the event goes.")
        case (_?, _?):
            throw ValidationError("--events-dir and --handler are both given; one was expected.")
        case (let directory?, nil):
            guard !directory.isEmpty else {
                throw ValidationError("--events-dir is empty; the path of a directory was expected.")
            }
            guard extensionLog == nil else {
                throw ValidationError("--extension-log-dir is only for --handler; --events-dir says all.")
            }
        case (nil, let handler?):
            guard Publisher.isHandlerName(FileName(handler.utf8)), FilePath.Component(handler)?.kind == .regular else {
                throw ValidationError(
                    "--handler is '\(handler)'; the name of a directory below the log root was expected.")
            }
            guard extensionLog?.isEmpty != true else {
                throw ValidationError("--extension-log-dir is empty; the path of a directory was expected.")
            }
        }
    }

    func run() throws {
        let text = message == "-" ? try standardInput() : message ?? ""
        let now = Clocks.nanosecondsSince1970()
        let contents = composed(of: text, at: now).file
        let report = ValidationReport(of: contents, from: .handler(""), named: "the event")
        guard !report.findsFaults else {
            CommandOutput.complain("the event is not published; the service would reject it:")
            CommandOutput.complain(lines: report.text(style: .plain))
            throw ExitCode(ServiceFailure.Code.foundFaults.rawValue)
        }
        for alteration in report.alterations { CommandOutput.complain("warning: \(alteration)") }
        let target = try directory()
        let path: FilePath
        do throws(PublicationError) {
            path = try EventPublication(into: target).publish(contents, from: now)
        } catch {
            CommandOutput.complain("\(error)\(hint(for: error))")
            throw ExitCode(error.exitCode.rawValue)
        }
        // The event is out: a script that is told of a failure here would publish it twice.
        SignalDescriptor.ignoreWhatErrorsTell()
        _ = try? CommandOutput.print("\(path)\n")
    }

    /// What helps where there is no directory to publish into.
    private func hint(for error: PublicationError) -> String {
        guard case .noDirectory = error.code else { return "" }
        return handler == nil
            ? "; name with --events-dir the eventsFolder of HandlerEnvironment.json"
            : "; name with --handler an extension whose directory exists, and the log root with --extension-log-dir"
    }

    private func directory() throws -> FilePath {
        if let eventsDirectory { return FilePath(eventsDirectory) }
        let logRoot = try ConfigurationReader.text(.extensionLogDir, option: extensionLog)
        return FilePath(logRoot).appending(handler ?? "").appending("events")
    }

    private func composed(of text: String, at now: UInt64) -> ComposedEvent {
        let process = pid ?? UInt32(bitPattern: Machine.parentProcessID())
        var event = ComposedEvent()
        event.set(.version, to: extensionVersion ?? "")
        event.set(.timestamp, to: timestamp ?? EventTime.text(nanoseconds: Int64(clamping: now)).description)
        event.set(.taskName, to: task ?? "")
        event.set(.eventLevel, to: level)
        event.set(.message, to: text)
        event.set(.eventPid, to: String(process))
        event.set(.eventTid, to: String(tid ?? process))
        event.set(.operationId, to: operation)
        return event
    }

    /// Reads the message; one that no event file could hold is cut off there, and then rejected for its size.
    private func standardInput() throws -> String {
        do {
            return String(
                decoding: try CommandInput.read(limit: ValidationLimits().fileSize + 1), as: UTF8.self)
        } catch {
            CommandOutput.complain("standard input cannot be read: \(error)")
            throw ExitCode(ServiceFailure.Code.noInput.rawValue)
        }
    }
}

extension PublicationError {
    fileprivate var exitCode: ServiceFailure.Code {
        switch code {
        case .noDirectory, .linkedDirectory: .cannotCreate
        case .cannotWrite, .namesTaken: .outputFailed
        }
    }
}
