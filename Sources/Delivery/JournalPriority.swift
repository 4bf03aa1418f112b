/// The priorities of syslog(3) that events get by their level.
enum JournalPriority: UInt8, Sendable {
    case critical = 2
    case error = 3
    case warning = 4
    case information = 6
    case debug = 7

    /// The priority of a level by the schema's names, or by those of the agent's own log, without regard to ASCII case.
    ///
    /// An unknown level is passed on as information.
    init(level: ArraySlice<UInt8>) {
        let priority = Self.names.first { name, _ in
            name.count == level.count && zip(name, level).allSatisfy { $0 == Self.lowercase($1) }
        }
        self = priority?.priority ?? .information
    }

    private static let names: [(name: [UInt8], priority: JournalPriority)] = [
        ("informational", .information), ("error", .error), ("warning", .warning), ("verbose", .debug),
        ("critical", .critical), ("logalways", .information), ("info", .information), ("debug", .debug),
    ].map { name, priority in (Array((name as String).utf8), priority) }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// As a journal field has it.
    var digit: ArraySlice<UInt8> {
        [UInt8(ascii: "0") + rawValue]
    }
}
