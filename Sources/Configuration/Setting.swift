/// One thing that an operator can set: its names, what it takes, and what holds when nobody sets it.
///
/// The table of all settings is the one home of names, ranges, defaults and expectations: the command line, the environment,
/// both files and the help come from it.
package struct Setting: Sendable {
    /// The settings in the order in which they are told; the raw value is the key in the file, and with `--` before it the
    /// option.
    package enum Key: String, CaseIterable, Sendable {
        case extensionLogDir = "extension-log-dir"
        case agentEventsDir = "agent-events-dir"
        case spoolDir = "spool-dir"
        case sink
        case ndjson
        case cap
        case period
        case overCap = "over-cap"
        case extensionEvents = "extension-events"
        case agentEvents = "agent-events"
        case quietWindow = "quiet-window"
        case maxDelay = "max-delay"
        case residueAge = "residue-age"
        case spoolLimit = "spool-limit"
        case spoolFiles = "spool-files"
        case spoolAge = "spool-age"
        case rejectedLimit = "rejected-limit"
        case vmMetadata = "vm-metadata"
        case fetchMetadata = "fetch-metadata"
        case wireserverEndpoint = "wireserver-endpoint"
        case otlpEndpoint = "otlp-endpoint"
        case otlpHeaders = "otlp-headers"
        case otlpCompression = "otlp-compression"
        case otlpCAFile = "otlp-ca-file"
        case instanceMetadataEndpoint = "instance-metadata-endpoint"
        case metadataGrace = "metadata-grace"
        case controlSocket = "control-socket"
        case metricsFile = "metrics-file"
        case report
        case waagentConf = "waagent-conf"

        /// The name on the command line.
        package var option: String { "--\(rawValue)" }

        /// The name in the environment.
        package var variable: String { Key.variablePrefix + Key.upperCased(rawValue) }

        /// What every variable of ours begins with.
        package static let variablePrefix = "TELLTALE_"

        private static func upperCased(_ text: String) -> String {
            String(
                decoding: text.utf8.map { byte in
                    switch byte {
                    case UInt8(ascii: "-"): UInt8(ascii: "_")
                    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
                    default: byte
                    }
                }, as: UTF8.self)
        }
    }

    /// What holds when nobody sets it.
    package enum Default: Hashable, Sendable {
        case value(SettingValue)
        /// Nothing: what it would switch on stays off.
        case nothing
        /// The value of another setting.
        case sameAs(Key)
        /// The sinks of which is said where their events go, `otlp` and `ndjson`; where there is none, `journal`.
        case sinksOfTheDestinations
    }

    package let key: Key
    package let kind: SettingKind
    package let fallback: Default
    /// One or two sentences for the help and the manual.
    package let help: String

    init(_ key: Key, _ kind: SettingKind, _ fallback: Default, _ help: String) {
        self.key = key
        self.kind = kind
        self.fallback = fallback
        self.help = help
    }
}

extension Setting.Default: CustomStringConvertible {
    /// The default for people, as the help says it.
    package var description: String {
        switch self {
        case .value(let value): value.description
        case .nothing: "none"
        case .sameAs(let key): "the \(key.rawValue)"
        case .sinksOfTheDestinations: "otlp with --otlp-endpoint, ndjson with --ndjson, else journal"
        }
    }
}
