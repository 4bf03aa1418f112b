internal import ArgumentParser
internal import Configuration

/// The options of `run`, `collect` and `check` (contract, section 7), as they were written.
struct CollectionOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "A file of `key = value` lines; the keys are the options' names. "
                + "(default: \(ConfigurationReader.usualFile) if it exists)", valueName: "file"), completion: .file())
    var config: String?

    @Option(.extensionLogDir) var extensionLogDir: String?
    @Option(.agentEventsDir) var agentEventsDir: String?
    @Option(.spoolDir) var spoolDir: String?
    @Option(.sink) var sink: [String] = []
    @Option(.ndjson) var ndjson: String?
    @Option(.cap) var cap: String?
    @Option(.period) var period: String?
    @Option(.overCap) var overCap: String?
    @Option(.extensionEvents) var extensionEvents: String?
    @Option(.agentEvents) var agentEvents: String?
    @Option(.quietWindow) var quietWindow: String?
    @Option(.maxDelay) var maxDelay: String?
    @Option(.residueAge) var residueAge: String?
    @Option(.spoolLimit) var spoolLimit: String?
    @Option(.spoolFiles) var spoolFiles: String?
    @Option(.spoolAge) var spoolAge: String?
    @Option(.rejectedLimit) var rejectedLimit: String?
    @Option(.vmMetadata) var vmMetadata: String?
    @Option(.fetchMetadata) var fetchMetadata: String?
    @Option(.wireserverEndpoint) var wireserverEndpoint: String?
    @Option(.otlpEndpoint) var otlpEndpoint: String?
    @Option(.otlpHeaders) var otlpHeaders: String?
    @Option(.otlpCompression) var otlpCompression: String?
    @Option(.otlpCAFile) var otlpCAFile: String?
    @Option(.instanceMetadataEndpoint) var instanceMetadataEndpoint: String?
    @Option(.metadataGrace) var metadataGrace: String?
    @Option(.controlSocket) var controlSocket: String?
    @Option(.metricsFile) var metricsFile: String?
    @Option(.report) var report: String?
    @Option(.waagentConf) var waagentConf: String?

    /// What was written for a setting; empty where the option was not given.
    private func written(_ key: Setting.Key) -> [String] {
        let one: String? =
            switch key {
            case .extensionLogDir: extensionLogDir
            case .agentEventsDir: agentEventsDir
            case .spoolDir: spoolDir
            case .sink: nil
            case .ndjson: ndjson
            case .cap: cap
            case .period: period
            case .overCap: overCap
            case .extensionEvents: extensionEvents
            case .agentEvents: agentEvents
            case .quietWindow: quietWindow
            case .maxDelay: maxDelay
            case .residueAge: residueAge
            case .spoolLimit: spoolLimit
            case .spoolFiles: spoolFiles
            case .spoolAge: spoolAge
            case .rejectedLimit: rejectedLimit
            case .vmMetadata: vmMetadata
            case .fetchMetadata: fetchMetadata
            case .wireserverEndpoint: wireserverEndpoint
            case .otlpEndpoint: otlpEndpoint
            case .otlpHeaders: otlpHeaders
            case .otlpCompression: otlpCompression
            case .otlpCAFile: otlpCAFile
            case .instanceMetadataEndpoint: instanceMetadataEndpoint
            case .metadataGrace: metadataGrace
            case .controlSocket: controlSocket
            case .metricsFile: metricsFile
            case .report: report
            case .waagentConf: waagentConf
            }
        return key == .sink ? sink : one.map { [$0] } ?? []
    }

    /// What the command line sets.
    var layer: SettingLayer {
        SettingLayer(
            options: Dictionary(uniqueKeysWithValues: Setting.Key.allCases.map { ($0, written($0)) }))
    }

    /// Reads all that holds beside and below the command line.
    var reader: ConfigurationReader { ConfigurationReader(layer, file: config) }

    mutating func validate() throws {
        let problems = layer.problems
        guard problems.isEmpty else {
            throw ValidationError(problems.map { "\($0)." }.joined(separator: "\n"))
        }
    }
}

extension Option where Value == String? {
    /// The option of a setting; what it takes is checked with all other sources.
    fileprivate init(_ key: Setting.Key) {
        self.init(
            name: .customLong(key.rawValue), help: ArgumentHelp(Setting[key]),
            completion: CompletionKind(Setting[key].kind)
        )
    }
}

extension Option where Value == [String] {
    /// The option of a setting that may be repeated.
    fileprivate init(wrappedValue: [String], _ key: Setting.Key) {
        self.init(
            wrappedValue: wrappedValue, name: .customLong(key.rawValue), help: ArgumentHelp(Setting[key]),
            completion: CompletionKind(Setting[key].kind))
    }
}

extension ArgumentHelp {
    /// The help of a setting, with what it takes and its default, from the table.
    fileprivate init(_ setting: Setting) {
        var parts = [setting.help]
        switch setting.kind {
        case .choices(let words):
            parts.append("(values: \(words.joined(separator: ", ")); default: \(setting.fallback))")
        default: if setting.fallback != .nothing { parts.append("(default: \(setting.fallback))") }
        }
        self.init(stringLiteral: parts.joined(separator: " "))
        valueName = setting.kind.placeholder
    }
}

extension CompletionKind {
    /// What a shell offers for a setting's value.
    fileprivate init(_ kind: SettingKind) {
        switch kind {
        case .directory: self = .directory
        case .file, .output, .fileOrNone: self = .file()
        case .choice(let words), .choices(let words): self = .list(words)
        case .endpoint, .url, .headers, .number: self = .default
        }
    }
}
