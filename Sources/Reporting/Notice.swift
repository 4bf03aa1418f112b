/// Something that the daemon tells its operators: one journal entry, or one line on standard error.
package struct Notice: Sendable {
    /// The kinds of entry, each with a fixed MESSAGE_ID, so that `journalctl MESSAGE_ID=…` finds all of one kind.
    package enum Kind: String, CaseIterable, Sendable {
        case started
        case reloaded
        case reloadRefused
        case settingIgnored
        case stopping
        case collected
        case fileRejected
        case eventsRejected
        case capReached
        case eventRefused
        case fileSkipped
        case notARegularFile
        case residueRemoved
        case watchTrouble
        case watchesExhausted
        case watchesRestored
        case rescanned
        case sinkFailing
        case sinkThrottled
        case sinkRecovered
        case sinkClosed
        case spoolTrouble
        case spoolFull
        case metadataAbsent
        case metadataFailing
        case metadataRecovered
        case controlSocketTrouble
        case metricsFileTrouble
    }

    package let kind: Kind
    /// What the notice is about (a handler, a directory, a sink): repetition is bounded for each kind and subject.
    package let subject: String
    package let message: String
    /// Further journal fields: upper-case names with the prefix `TELLTALE_`.
    package let fields: [(name: String, value: String)]

    package init(_ kind: Kind, about subject: String, _ message: String, fields: [(name: String, value: String)] = []) {
        self.kind = kind
        self.subject = subject
        self.message = message
        self.fields = fields
    }
}
