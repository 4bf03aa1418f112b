internal import ArgumentParser
internal import Collection
internal import Configuration
internal import Delivery
internal import HTTP
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import Systemd
internal import TelemetryEvents
internal import VirtualMachine

/// Wires the rooms together for one run of the program.
struct CollectorService {
    let configuration: EffectiveConfiguration
    /// The configuration files that were read.
    private let files: [String]
    /// The files that the settings name and that are read once, as they were then.
    let namedFiles: [Setting.Key: FileStatus]
    /// Reads them again.
    let reader: ConfigurationReader
    let mode: Collector.Mode

    init(_ reading: ConfigurationReader.Reading, by reader: ConfigurationReader, mode: Collector.Mode) {
        configuration = reading.configuration
        files = reading.files
        self.reader = reader
        self.mode = mode
        namedFiles = NamedFiles.states(reading.configuration)
    }

    /// Reads the configuration and works until the mode's end.
    ///
    /// - Throws: the exit code, after saying what is wrong and what helps.
    static func run(by reader: ConfigurationReader, mode: Collector.Mode) throws {
        let reading: ConfigurationReader.Reading
        do throws(ConfigurationReader.Fault) {
            reading = try reader.reading(JudgedFiles.taken()).load()
        } catch {
            say(error.lines, nil, mode)
            throw ExitCode(error.exitCode)
        }
        let service = CollectorService(reading, by: reader, mode: mode)
        try ServiceFailure.reporting(by: { say([$0.message], $0.underlying, mode) }, service.work)
    }

    /// Says why the work ends, where this mode's operators look, and to the service manager.
    private static func say(_ lines: [String], _ code: Errno?, _ mode: Collector.Mode) {
        _ = try? ServiceNotifier().failing(code, status: lines.first ?? "wrong settings")
        guard mode == .service, NoticeLog.preferredDestination() == .journal else {
            for line in lines { CommandOutput.complain(line) }
            return
        }
        NoticeLog(to: .journal).tell(
            Notice(
                .failed, about: "telltale", lines.joined(separator: " "),
                fields: lines.map { .fault($0) } + (code.map { [.errorNumber($0)] } ?? [])),
            now: Clocks.nanosecondsSinceBoot())
    }

    private func work() throws {
        let inherited = try ServiceFailure.wrapping("The open descriptors cannot be listed") {
            try Machine.openDescriptors()
        }
        Machine.nameProcess("telltale")
        SignalDescriptor.ignoreWhatErrorsTell()
        SignalDescriptor.endAtAbort()
        let signals = try ServiceFailure.wrapping("Signals cannot be taken") { try SignalDescriptor() }
        let notifier = ServiceNotifier()
        // A reload leaves less of the watchdog's time to this start, which may have a large spool to read.
        if notifier.watchdogInterval != nil { _ = try? notifier.keepAlive() }
        let destination = mode == .service ? NoticeLog.preferredDestination() : .standardError
        let notices = NoticeLog(to: destination)
        tellWarnings(notices)
        try checkRoots()
        let system = SystemParameters.read(version: Telltale.version)
        let replacements = try replacedParameters()
        // Before any output is touched, which may be that of another process in the same spool.
        let spool = try openSpool()
        let wakeUp = try ServiceFailure.wrapping("No descriptor is left") { try WakeUp() }
        let requests = CollectorRequests(wakeUp: wakeUp)
        let feed = ParameterFeed(system.replacing(replacements), wakeUp: wakeUp)
        let client = HTTPClient()
        let insight = ServiceInsight(configuration, requests: requests, notices: notices)
        let accepted = AcceptedReload()
        let fetcher = fetcher(
            feeding: feed, system: system, replacements: replacements, by: client, notices: notices)
        let sinks = try ConfiguredSinks(
            configuration: configuration, noticesGoTo: destination, client: client,
            onGoneGoalState: { fetcher?.askForGoalState() }
        ).open()
        let delivery = Delivery(sinks: sinks, notices: notices) { wakeUp.signal() }
        let collector = try ServiceFailure.wrapping("The spool \(spool.path) cannot be read") {
            try Collector(
                settings: configuration.collectorSettings, spool: spool, delivery: delivery, wakeUp: wakeUp,
                notices: notices, validator: EventValidator(), parameters: feed, identity: identity,
                requests: requests, signals: signals)
        }
        try ServiceFailure.wrapping("A thread cannot be started") { try delivery.start() }
        try start(fetcher, client, feed)
        if mode == .service { try insight.start(on: client) }
        let ending = try ServiceFailure.wrapping("The kernel cannot be waited on") {
            try collector.run(mode, observer: observer(notifier, notices, insight, accepted))
        }
        fetcher?.stop()
        insight.stop()
        if case .reloading = ending {
            if notifier.watchdogInterval != nil { _ = try? notifier.keepAlive() }
            throw ServiceFailure(startingAgain: accepted.startAgain(keeping: inherited))
        }
        try writeReport(collector, delivery)
        try judge(ending, of: spool.path, notices)
    }

    /// Says what an end left undone, where something is.
    private func judge(_ ending: Collector.Ending, of spool: FilePath, _ notices: NoticeLog) throws {
        switch ending {
        case .complete, .reloading: break
        case .incomplete:
            throw ServiceFailure(
                "not every file could be claimed into \(spool); those stay where they are.",
                exitCode: .outputFailed)
        case .left(let claims):
            let message = "stopped with \(claims) files not acknowledged; they stay in \(spool) for the next start"
            guard mode == .service else { throw ServiceFailure(message, exitCode: .unavailable) }
            notices.tell(
                Notice(.filesLeft, about: "telltale", message, count: claims), now: Clocks.nanosecondsSinceBoot())
        case .interrupted:
            throw ServiceFailure(
                "interrupted before everything was delivered; what is left stays where it is and in \(spool): "
                    + "run it again.",
                exitCode: .unavailable)
        case .sinkClosed(let name, let reason):
            throw ServiceFailure(
                "the sink \(name) is closed: \(reason). What it did not take stays in \(spool) for the next start.",
                exitCode: .outputFailed)
        }
    }

    /// What a status tells of this process.
    private var identity: ServiceStatus.Process {
        var identity = ServiceStatus.Process()
        identity.version = Telltale.version
        identity.processID = Machine.processID()
        identity.startedAt = Clocks.nanosecondsSince1970()
        identity.configuration = files
        return identity
    }

    /// What was set and is left aside; at most so many lines as the log of notices lets through in a period.
    private func tellWarnings(_ notices: NoticeLog) {
        for warning in configuration.warnings {
            notices.tell(
                Notice(.settingIgnored, about: "\(warning)", "\(warning); it is left aside."),
                every: RateLimit.contractPeriod, now: Clocks.nanosecondsSinceBoot())
        }
    }

    /// A root that is a file is a mistake; one that does not exist yet is waited for.
    func checkRoots() throws {
        let settings = configuration.collectorSettings
        for (path, option) in [
            (settings.extensionLog, "--extension-log-dir"), (settings.agentEvents, "--agent-events-dir"),
        ] {
            guard let path else { continue }
            do {
                _ = try Directory(at: path)
            } catch {
                switch error {
                case .notDirectory:
                    throw ServiceFailure(
                        "\(path) is no directory; name with \(option) the directory that publishers write below.",
                        exitCode: .wrongSetting)
                case .permissionDenied:
                    throw ServiceFailure(
                        "\(path) may not be read by this user; run as one who may, or name another with \(option).",
                        exitCode: .wrongSetting, underlying: error)
                default: continue  // The watcher waits for it, or reports it.
                }
            }
        }
    }

    private func openSpool() throws -> Spool {
        do {
            return try Spool(
                at: FilePath(configuration.spool), purpose: mode == .service ? "telltale run" : "telltale collect",
                sinks: configuration.sinks.map(\.rawValue))
        } catch {
            switch error.code {
            case .heldByAnother: throw ServiceFailure(error.description, exitCode: .spoolHeld)
            case .cannotOpen:
                throw ServiceFailure(error.description, exitCode: .cannotCreate, underlying: error.underlying)
            }
        }
    }

    /// What the operator says of the virtual machine.
    private func replacedParameters() throws -> [Parameter] {
        guard let path = configuration.text(.vmMetadata) else { return [] }
        do throws(VMMetadataFile.Fault) {
            return try VMMetadataFile.read(path)
        } catch {
            let name = configuration[.vmMetadata].source.nameWithPlace(of: .vmMetadata)
            throw ServiceFailure("\(name) names \(path): \(error)", exitCode: .wrongSetting)
        }
    }

    /// What fetches what describes the virtual machine; nil when that is switched off.
    private func fetcher(
        feeding feed: ParameterFeed, system: CommonParameters, replacements: [Parameter], by client: HTTPClient,
        notices: NoticeLog
    ) -> MetadataFetcher? {
        guard configuration.choice(.fetchMetadata, as: Switch.self) == .on else { return nil }
        return MetadataFetcher(
            configuration.metadataSettings, system: system, replacements: replacements, by: client, notices: notices,
            listener: MetadataFetcher.Listener(changed: { feed.update($0) }, settled: { feed.settle() }))
    }

    /// Begins to fetch, and starts what sinks send by, before others take the descriptors that it needs.
    private func start(_ fetcher: MetadataFetcher?, _ client: HTTPClient, _ feed: ParameterFeed) throws {
        if configuration.sinks.contains(where: \.sends) {
            try ServiceFailure.wrapping("What sinks send by cannot be started") { try client.start() }
        }
        guard let fetcher else { return feed.settle() }
        try ServiceFailure.wrapping("What describes the machine cannot be fetched") { try fetcher.start() }
    }

    private func observer(
        _ notifier: ServiceNotifier, _ notices: NoticeLog, _ insight: ServiceInsight, _ accepted: AcceptedReload
    ) -> Collector.Observer {
        var observer = Collector.Observer()
        observer.starting = { _ = try? notifier.extendTimeout(Self.startExtension, status: $0) }
        if mode == .service { observer.reload = { reload(telling: notifier, notices, accepted) } }
        observer.ready = {
            _ = try? notifier.ready(status: "Ready")
            if mode == .service {
                ProgramText.release()
                let read =
                    files.isEmpty ? "no configuration file was read" : "it read \(files.joined(separator: " and "))"
                notices.tell(
                    Notice(
                        .started, about: "telltale", "Telltale \(Telltale.version) is ready; \(read).",
                        fields: files.map { .configuration($0) }),
                    now: Clocks.nanosecondsSinceBoot())
            }
        }
        observer.stopping = { _ = try? notifier.stopping(status: "Stopping") }
        observer.status = { _ = try? notifier.status($0) }
        observer.changed = { insight.changed() }
        observer.heartbeat = { _ = try? notifier.keepAlive() }
        observer.heartbeatInterval = notifier.watchdogInterval.map { $0 / 2 }
        return observer
    }

    /// What a long first scan asks for with each word of it, in nanoseconds.
    private static let startExtension: UInt64 = 30_000_000_000

    private func writeReport(_ collector: Collector, _ delivery: Delivery) throws {
        guard let path = configuration.text(.report) else { return }
        let report = CollectionReport(
            tally: collector.tally, delivered: delivery.status().map { ($0.name, $0.delivered) })
        do {
            try FilePath(path).replaceContents(with: report.json)
        } catch {
            throw ServiceFailure(
                "the report \(path) cannot be written: \(error); name with --report a file that this user may write.",
                exitCode: .outputFailed)
        }
    }
}
