/// The priorities of syslog(3) that events get by their level.
enum JournalPriority: UInt8, Sendable {
    case critical = 2
    case error = 3
    case warning = 4
    case information = 6
    case debug = 7

    /// The priority of a level by its name; an unknown one is passed on as information.
    init(level: ArraySlice<UInt8>) {
        switch EventLevel(level) {
        case .critical: self = .critical
        case .error: self = .error
        case .warning: self = .warning
        case .verbose: self = .debug
        case .informational, .logAlways, nil: self = .information
        }
    }

    /// As a journal field has it.
    var digit: ArraySlice<UInt8> {
        [UInt8(ascii: "0") + rawValue]
    }
}
