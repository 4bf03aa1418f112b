internal import Reporting
package import SystemCalls
package import TelemetryEvents

/// Who writes event files into one directory.
package enum Publisher: Hashable, Sendable {
    /// An extension, by the name of its directory below the log root.
    case handler(FileName)
    /// The VM agent.
    case agent

    /// The directory of a handler that event files are written into.
    static let eventsDirectory: FileName = "events"

    /// Whether `name` in a log root can be a handler's directory.
    package static func isHandlerName(_ name: FileName) -> Bool {
        name.bytes.first != UInt8(ascii: "-")
    }

    /// Whether a file of this name in the publisher's directory is an event file.
    ///
    /// Extensions: ASCII digits, then `.json` in any ASCII case. The agent: anything that ends in `.tld`.
    package func isEventFile(_ name: FileName) -> Bool {
        let bytes = name.bytes
        switch self {
        case .handler:
            guard bytes.count > 5 else { return false }
            return bytes.suffix(5).elementsEqual(".json".utf8) { $0 == $1 || $0 | 0x20 == $1 && $1 != 0x2E }
                && bytes.dropLast(5).allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        case .agent:
            return bytes.suffix(4).elementsEqual(".tld".utf8)
        }
    }

    /// Whether the cap applies.
    package var isLimited: Bool { self != .agent }

    /// What a notice about one of the publisher's files bears besides its text.
    var noticeFields: [Notice.Field] {
        switch self {
        case .handler(let name): [.handler(name.description)]
        case .agent: []
        }
    }

    /// The source that the publisher's events name.
    package var source: EventFile.Source {
        switch self {
        case .handler(let name): .handler(UTF8Text(repairing: name.bytes))
        case .agent: .agent
        }
    }
}

extension Publisher: CustomStringConvertible {
    package var description: String {
        switch self {
        case .handler(let name): name.description
        case .agent: "the VM agent"
        }
    }
}
