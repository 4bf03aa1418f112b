import Reporting

private let second: UInt64 = 1_000_000_000

/// Names as publishers may choose them.
let strangeHandlers = [
    "plain", "\"", "\\", "a\\\"b", "line\nend", "\u{1B}[2J", "\u{0}\u{1}\u{1F}\u{7F}", "é", "e\u{301}", "\u{2028}", "🚀",
    "}{][,:", " ", "a,b=\"c\"",
]

/// A service with some of everything, at 2026-11-21 12:00:00 UTC.
func sampleStatus() -> ServiceStatus {
    var status = ServiceStatus()
    status.process.version = "0.1.0"
    status.process.processID = 812
    status.takenAt = 1_795_262_400 * second
    status.process.startedAt = status.takenAt - 11_520 * second
    status.process.configuration = ["/etc/telltale/telltale.conf"]
    status.activity = .ready
    status.watching.notified = 7
    status.cap = 360
    status.period = 300 * second
    var backup = ServiceStatus.Source(handler: "Contoso.Backup")
    backup.counts.files = 40
    backup.counts.accepted = 360
    backup.counts.overCap = 12
    backup.waiting = .init(files: 2, bytes: 3000)
    var window = ServiceStatus.Window()
    window.admitted = 360
    window.roomIn = 42 * second
    backup.window = window
    var sync = ServiceStatus.Source(handler: "Northwind.Sync")
    sync.counts.files = 50
    sync.counts.accepted = 90
    sync.counts.rejected = ["MissingKeyError: Message not found": 2, "MissingKeyError: Version not found": 1]
    sync.counts.rejectFile("7.json", because: "MalformedFileError: line 1, column 2: no")
    sync.window = ServiceStatus.Window()
    sync.window?.admitted = 12
    status.extensions = [backup, sync]
    status.agent.counts.files = 3
    status.agent.counts.accepted = 3
    status.agent.counts.refused = ["otlp": 1]
    status.residueRemoved = 5
    status.spool.path = "/var/lib/telltale/spool"
    status.spool.waiting = .init(files: 2, bytes: 3000)
    status.spool.oldest = status.takenAt - 250 * second
    status.spool.limits = .init(files: 250_000, bytes: 256 << 20)
    status.spool.ageLimit = 604_800 * second
    status.spool.rejected = .init(files: 1, bytes: 77)
    var journal = ServiceStatus.Sink(name: "journal")
    journal.delivered = 453
    var otlp = ServiceStatus.Sink(name: "otlp")
    otlp.state = .failing
    otlp.lasting = 250 * second
    otlp.reason = "connection refused"
    otlp.delivered = 440
    otlp.refused = 1
    otlp.queued = 12
    status.sinks = [journal, otlp]
    for delay in 1...93 { status.claimDelay.add(UInt64(delay) * 100_000) }
    for delay in 1...90 { status.deliveryDelay.add(UInt64(delay) * 1_000_000) }
    return status
}

/// The same without anything that an operator should look at.
func wellStatus() -> ServiceStatus {
    var status = sampleStatus()
    status.sinks[1].state = .working
    status.sinks[1].lasting = nil
    status.sinks[1].reason = ""
    return status
}
