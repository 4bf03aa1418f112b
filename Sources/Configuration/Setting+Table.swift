internal import RateLimiting

extension Setting {
    /// The window that gathers files when nobody sets another, in milliseconds.
    ///
    /// It outlasts the gap between the writes of a publisher that closes and opens again, which is below 1 ms, and nobody
    /// notices it.
    package static let defaultQuietWindow = 5
    /// How long a publisher that never pauses waits when nobody sets another delay, in milliseconds.
    package static let defaultMaximumDelay = 25
    /// What the claimed files that wait may hold when nobody sets another bound, in megabytes.
    package static let defaultSpoolLimit = 256
    /// How many claimed files may wait when nobody sets another bound.
    package static let defaultSpoolFiles = 250_000
    /// How long a claimed file waits when nobody sets another bound, in seconds: a week.
    package static let defaultSpoolAge = 7 * 86_400
    /// What the rejected files that are kept may take on disk when nobody sets another bound, in megabytes.
    package static let defaultRejectedLimit = 64
    /// How long, at the start, claims wait for common parameters that are being fetched when nobody sets another bound, in
    /// milliseconds.
    package static let defaultMetadataGrace = 500
    /// Where a running service answers when nobody sets another place: in the directory that its unit has for it.
    package static let defaultControlSocket = "/run/telltale/control.sock"
    /// The largest number of seconds that any setting takes: a year, far below what nanoseconds can hold.
    private static let longestTime = 366 * 86_400
    /// The largest number of milliseconds that any setting takes.
    private static let longestWindow = 60_000

    /// The smallest limits of the spool, in megabytes and files: what one extension may have waiting is more than what is in
    /// flight, which does not go.
    private static let smallestSpool = (megabytes: 16, files: 10_000)

    /// All settings, in the order of their keys.
    package static let all: [Setting] = [
        Setting(
            .extensionLogDir, .directory, .value(.text("/var/log/azure")),
            "The log root: extensions write to <DIR>/<extension>/events. It may not exist yet."),
        Setting(
            .agentEventsDir, .directory, .value(.text("/var/lib/waagent/events")),
            "Where the VM agent writes its events (*.tld)."),
        Setting(
            .spoolDir, .directory, .value(.text("/var/lib/telltale/spool")),
            "Where claimed files wait for their acknowledgement. On the file system of the log root, a claim is one rename."
        ),
        Setting(
            .sink, .choices(SinkName.allCases.map(\.rawValue)), .sinksOfTheDestinations,
            "Where events go; repeatable, every sink gets every event."),
        Setting(
            .ndjson, .output, .nothing,
            "A file that gets one line of JSON for each event; - is standard output."),
        Setting(
            .cap, .number(1...1_000_000_000, .events), .value(.number(RateLimit.contractCap)),
            "Events of one extension that are admitted in any period."),
        Setting(
            .period, .number(1...longestTime, .seconds),
            .value(.number(Int(RateLimit.contractPeriod / 1_000_000_000))), "The period of the cap."),
        Setting(
            .overCap, .choice(OverCap.allCases.map(\.rawValue)), .value(.text(OverCap.drop.rawValue)),
            "What happens to events beyond the cap: they are dropped and counted, or held in the spool."),
        Setting(
            .extensionEvents, .choice(Switch.allCases.map(\.rawValue)), .value(.text(Switch.on.rawValue)),
            "Whether extension events are collected."),
        Setting(
            .agentEvents, .choice(Switch.allCases.map(\.rawValue)), .value(.text(Switch.on.rawValue)),
            "Whether the VM agent's events are collected."),
        Setting(
            .quietWindow, .number(0...longestWindow, .milliseconds), .value(.number(defaultQuietWindow)),
            "Files are claimed together when nothing happened in their directory for this long; 0: each at once."),
        Setting(
            .maxDelay, .number(0...longestWindow, .milliseconds), .value(.number(defaultMaximumDelay)),
            "And at the latest this long after the first of them."),
        Setting(
            .residueAge, .number(0...longestTime, .seconds), .sameAs(.period),
            "Files in an events directory that are no event files are removed when they were left alone for this long."),
        Setting(
            .spoolLimit, .number(smallestSpool.megabytes...1_048_576, .megabytes), .value(.number(defaultSpoolLimit)),
            "Claimed files that wait hold so many megabytes at most, half of it of one extension; beyond, the oldest go, counted and told."
        ),
        Setting(
            .spoolFiles, .number(smallestSpool.files...100_000_000, .files), .value(.number(defaultSpoolFiles)),
            "And so many files wait at most, half of them of one extension."),
        Setting(
            .spoolAge, .number(1...longestTime, .seconds), .value(.number(defaultSpoolAge)),
            "And none waits for longer than this."),
        Setting(
            .rejectedLimit, .number(0...1_048_576, .megabytes), .value(.number(defaultRejectedLimit)),
            "Rejected files are kept in the spool, the newest up to so many megabytes in all, for those who look for the fault; 0: none."
        ),
        Setting(
            .vmMetadata, .file, .nothing,
            "A JSON object that replaces common parameters by name, for instance {\"VMId\": \"vm-1\"}."),
        Setting(
            .fetchMetadata, .choice(Switch.allCases.map(\.rawValue)), .value(.text(Switch.on.rawValue)),
            "Whether common parameters that --vm-metadata leaves open are fetched."),
        Setting(
            .wireserverEndpoint, .endpoint, .value(.text("168.63.129.16")),
            "The WireServer: where the goal state is fetched, and where the sink wireserver sends to."),
        Setting(
            .otlpEndpoint, .url, .nothing,
            "Where the sink otlp sends to: an OTLP/HTTP receiver, without the /v1/logs that is appended."),
        Setting(
            .otlpHeaders, .headers, .nothing,
            "Header fields of every request of the sink otlp, such as a token; others can read a command line."),
        Setting(
            .otlpCompression, .choice(HTTPCompression.allCases.map(\.rawValue)),
            .value(.text(HTTPCompression.gzip.rawValue)), "How the requests of the sink otlp are compressed."),
        Setting(
            .otlpCAFile, .file, .nothing,
            "The certificates, in PEM, that the receiver's must be signed by; by default those that the system trusts."),
        Setting(
            .instanceMetadataEndpoint, .endpoint, .value(.text("169.254.169.254")),
            "Where the instance's metadata is fetched."),
        Setting(
            .metadataGrace, .number(0...longestWindow, .milliseconds), .value(.number(defaultMetadataGrace)),
            "How long the first events wait for common parameters that are being fetched; 0: not at all."),
        Setting(
            .controlSocket, .fileOrNone, .value(.text(defaultControlSocket)),
            "Where a running service answers telltale status, metrics and reload; none: nowhere."),
        Setting(
            .metricsFile, .file, .nothing,
            "The metrics for Prometheus, written again after changes, for the node exporter's textfile collector."),
        Setting(
            .report, .file, .nothing,
            "Written at the end: one JSON object that counts what became of every file."),
        Setting(
            .waagentConf, .fileOrNone, .value(.text("/etc/waagent.conf")),
            "The VM agent's configuration file, which is asked for what nobody set otherwise; none: it is not read."),
    ]

    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// The row of a key.
    package static subscript(key: Key) -> Setting {
        guard let setting = byKey[key] else { preconditionFailure("The table of settings has no row for \(key).") }
        return setting
    }
}
