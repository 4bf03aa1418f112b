internal import ArgumentParser
internal import Collection
internal import RateLimiting
internal import SystemPackage
internal import VirtualMachine

/// The options of `run` and `collect` (contract, section 7).
struct CollectionOptions: ParsableArguments {
    /// The sinks by name.
    enum SinkName: String, CaseIterable, ExpressibleByArgument {
        case journal
        case ndjson
    }

    /// On or off.
    enum Switch: String, CaseIterable, ExpressibleByArgument {
        case on
        case off
    }

    /// The log root of the VM agent's default configuration.
    static let defaultExtensionLog = "/var/log/azure"

    @Option(
        name: .customLong("extension-log-dir"),
        help: ArgumentHelp(
            "The log root: extensions write to <DIR>/<extension>/events. It may not exist yet.", valueName: "dir"))
    var extensionLog = defaultExtensionLog

    @Option(
        name: .customLong("agent-events-dir"),
        help: ArgumentHelp("Where the VM agent writes its events (*.tld).", valueName: "dir"))
    var agentEvents = "/var/lib/waagent/events"

    @Option(
        name: .customLong("spool-dir"),
        help: ArgumentHelp(
            "Where claimed files wait for their acknowledgement. On the file system of the log root, a claim is one rename.",
            valueName: "dir"))
    var spool = "/var/lib/telltale/spool"

    @Option(
        name: .customLong("sink"),
        help: ArgumentHelp(
            "Where events go; repeatable, every sink gets every event. (default: ndjson when --ndjson is given, else journal)",
            valueName: "name"))
    var sinks: [SinkName] = []

    @Option(
        name: .customLong("ndjson"),
        help: ArgumentHelp(
            "A file that gets one line of JSON for each event; - is standard output.", valueName: "file|-"))
    var ndjson: String?

    @Option(name: .long, help: ArgumentHelp("Events of one extension that are admitted in any period.", valueName: "n"))
    var cap = RateLimit.contractCap

    @Option(name: .long, help: ArgumentHelp("The period of the cap.", valueName: "seconds"))
    var period = Int(RateLimit.contractPeriod / 1_000_000_000)

    @Option(
        name: .customLong("over-cap"),
        help: "What happens to events beyond the cap: they are dropped and counted, or held in the spool.")
    var overCap = CollectorSettings.OverCap.drop

    @Option(name: .customLong("extension-events"), help: "Whether extension events are collected.")
    var extensionEvents = Switch.on

    @Option(name: .customLong("agent-events"), help: "Whether the VM agent's events are collected.")
    var agentEventsSwitch = Switch.on

    @Option(
        name: .customLong("quiet-window"),
        help: ArgumentHelp(
            "Files are claimed together when nothing happened in their directory for this long; 0: each at once.",
            valueName: "ms"))
    var quietWindow = Int(Debouncer.Settings().quietWindow / 1_000_000)

    @Option(
        name: .customLong("max-delay"),
        help: ArgumentHelp("And at the latest this long after the first of them.", valueName: "ms"))
    var maximumDelay = Int(Debouncer.Settings().maximumDelay / 1_000_000)

    @Option(
        name: .customLong("residue-age"),
        help: ArgumentHelp(
            "Files in an events directory that are no event files are removed when they were left alone for this long. "
                + "(default: the period)", valueName: "seconds"))
    var residueAge: Int?

    @Option(
        name: .customLong("rejected-limit"),
        help: ArgumentHelp(
            "Rejected files are kept in the spool, the newest up to so many megabytes in all, for those who look for the fault; 0: none.",
            valueName: "mb"))
    var rejectedLimit = RejectedLimits().bytes >> 20

    @Option(
        name: .customLong("vm-metadata"),
        help: ArgumentHelp(
            "A JSON object that replaces common parameters by name, for instance {\"VMId\": \"vm-1\"}.",
            valueName: "file"))
    var vmMetadata: String?

    @Option(
        name: .customLong("report"),
        help: ArgumentHelp(
            "Written at the end: one JSON object that counts what became of every file.", valueName: "file"))
    var report: String?

    @Option(
        name: .customLong("wireserver-endpoint"),
        help: ArgumentHelp("Where the goal state is fetched.", valueName: "host[:port]"))
    var wireServer = "168.63.129.16"

    @Option(
        name: .customLong("instance-metadata-endpoint"),
        help: ArgumentHelp("Where the instance's metadata is fetched.", valueName: "host[:port]"))
    var instanceMetadata = "169.254.169.254"

    @Option(
        name: .customLong("fetch-metadata"),
        help: "Whether common parameters that --vm-metadata leaves open are fetched.")
    var fetchMetadata = Switch.on

    @Option(
        name: .customLong("metadata-grace"),
        help: ArgumentHelp(
            "How long the first events wait for common parameters that are being fetched; 0: not at all.",
            valueName: "ms"))
    var metadataGrace = Int(CollectorSettings().parameterGrace / 1_000_000)

    /// The largest number of seconds that any option takes: a year, far below what nanoseconds can hold.
    private static let longestTime = 366 * 86_400

    mutating func validate() throws {
        try require(cap, "--cap", in: 1...1_000_000_000, "events")
        try require(period, "--period", in: 1...Self.longestTime, "seconds")
        try require(quietWindow, "--quiet-window", in: 0...60_000, "milliseconds")
        try require(maximumDelay, "--max-delay", in: 0...60_000, "milliseconds")
        try require(metadataGrace, "--metadata-grace", in: 0...60_000, "milliseconds")
        if let residueAge { try require(residueAge, "--residue-age", in: 0...Self.longestTime, "seconds") }
        try require(rejectedLimit, "--rejected-limit", in: 0...1_048_576, "megabytes")
        guard maximumDelay >= quietWindow else {
            throw ValidationError(
                "--max-delay (\(maximumDelay) ms) is shorter than --quiet-window (\(quietWindow) ms); "
                    + "make it at least as long.")
        }
        guard Set(sinks).count == sinks.count else {
            throw ValidationError("--sink names the same sink twice; name each once.")
        }
        guard ndjson == nil || sinks.isEmpty || sinks.contains(.ndjson) else {
            throw ValidationError(
                "--ndjson is given, but no --sink is ndjson; add --sink ndjson or leave --ndjson out.")
        }
        guard extensionEvents == .on || agentEventsSwitch == .on else {
            throw ValidationError(
                "--extension-events off and --agent-events off leave nothing to collect; switch one on.")
        }
        for (path, option) in [
            (extensionLog, "--extension-log-dir"), (agentEvents, "--agent-events-dir"), (spool, "--spool-dir"),
        ] where path.isEmpty {
            throw ValidationError("\(option) is empty; the path of a directory was expected.")
        }
        _ = try metadataSettings()
    }

    /// Where the virtual machine's metadata is fetched.
    func metadataSettings() throws -> MetadataFetcher.Settings {
        MetadataFetcher.Settings(
            wireServer: try endpoint(wireServer, "--wireserver-endpoint"),
            instanceMetadata: try endpoint(instanceMetadata, "--instance-metadata-endpoint"))
    }

    private func endpoint(_ text: String, _ option: String) throws -> ServiceEndpoint {
        guard let endpoint = ServiceEndpoint(text) else {
            throw ValidationError(
                "\(option) is \(text.debugDescription); a host with or without a port was expected, "
                    + "such as 127.0.0.1:8080.")
        }
        return endpoint
    }

    private func require(_ value: Int, _ option: String, in range: ClosedRange<Int>, _ unit: String) throws {
        guard range.contains(value) else {
            throw ValidationError(
                "\(option) is \(value); \(range.lowerBound) to \(range.upperBound) \(unit) were expected.")
        }
    }

    /// The sinks that are to be opened.
    var chosenSinks: [SinkName] {
        sinks.isEmpty ? [ndjson == nil ? .journal : .ndjson] : sinks
    }

    /// What the collector is told.
    var settings: CollectorSettings {
        let second: UInt64 = 1_000_000_000
        let millisecond: UInt64 = 1_000_000
        var settings = CollectorSettings()
        settings.extensionLog = extensionEvents == .on ? FilePath(extensionLog) : nil
        settings.agentEvents = agentEventsSwitch == .on ? FilePath(agentEvents) : nil
        settings.limit = RateLimit(cap: cap, period: UInt64(period) * second)
        settings.overCap = overCap
        settings.debounce.quietWindow = UInt64(quietWindow) * millisecond
        settings.debounce.maximumDelay = UInt64(maximumDelay) * millisecond
        settings.residueAge = UInt64(residueAge ?? period) * second
        settings.rejected.bytes = rejectedLimit << 20
        settings.rescanInterval = UInt64(period) * second
        settings.parameterGrace = UInt64(metadataGrace) * millisecond
        return settings
    }
}

extension CollectorSettings.OverCap: ExpressibleByArgument {}
