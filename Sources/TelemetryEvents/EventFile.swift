/// What all events of one claimed file share.
package final class EventFile: Sendable {
    /// Who published the file.
    package enum Source: Hashable, Sendable {
        /// An extension's handler, by the name of its directory (repaired where that is no UTF-8).
        case handler(UTF8Text)
        case agent
        /// Telltale's own reports, which come from no file.
        case telltale
    }

    package let claim: ClaimID
    package let source: Source
    /// The publisher's name for the file (repaired where that is no UTF-8); nil for Telltale's own reports.
    package let name: UTF8Text?
    /// The file's modification, in nanoseconds since 1970 (UTC): the event's time.
    package let modified: Int64
    package let common: CommonParameters

    package init(claim: ClaimID, source: Source, name: UTF8Text?, modified: Int64, common: CommonParameters) {
        self.claim = claim
        self.source = source
        self.name = name
        self.modified = modified
        self.common = common
    }

    /// Whether its events are Telltale's own reports.
    package var isOwnReport: Bool {
        if case .telltale = source { true } else { false }
    }

    /// The handler's name, for extension events.
    package var handler: UTF8Text? {
        if case .handler(let name) = source { name } else { nil }
    }
}
