/// The levels that events are given, by the schema's names or by those of the agent's own log.
enum EventLevel: Hashable, CaseIterable, Sendable {
    case critical
    case error
    case warning
    case informational
    case logAlways
    case verbose

    /// The level of a name, without regard to ASCII case; nil for one that neither knows.
    init?(_ name: ArraySlice<UInt8>) {
        let known = Self.names.first { known, _ in
            known.count == name.count && zip(known, name).allSatisfy { $0 == Self.lowercase($1) }
        }
        guard let known else { return nil }
        self = known.level
    }

    private static let names: [(name: [UInt8], level: EventLevel)] = [
        ("informational", .informational), ("error", .error), ("warning", .warning), ("verbose", .verbose),
        ("critical", .critical), ("logalways", .logAlways), ("info", .informational), ("debug", .verbose),
    ].map { name, level in (Array((name as String).utf8), level) }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
