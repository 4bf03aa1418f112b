/// Something that the daemon tells its operators: one journal entry, or one line on standard error.
package struct Notice: Sendable {
    /// The kinds of entry, each with a fixed MESSAGE_ID, so that `journalctl MESSAGE_ID=…` finds all of one kind.
    package enum Kind: String, CaseIterable, Sendable {
        case started
        case reloaded
        case reloadRefused
        case failed
        case settingIgnored
        case stopping
        case filesLeft
        case collected
        case fileRejected
        case eventsRejected
        case capReached
        case eventRefused
        case fileSkipped
        case notARegularFile
        case residueRemoved
        case residueStays
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
    /// How many events or files it is about; nil where there is nothing to count.
    ///
    /// Over a run the counts of one kind add up to the exact number: what the bounds leave out is told with the next notice.
    package let count: Int?
    /// Further fields of its journal entry.
    package let fields: [Field]

    package init(_ kind: Kind, about subject: String, _ message: String, count: Int? = nil, fields: [Field] = []) {
        self.kind = kind
        self.subject = subject
        self.message = message
        self.count = count
        self.fields = fields
    }
}
