import Reporting
import Testing

private func text(_ status: ServiceStatus, _ extent: StatusText.Extent = .first, style: TextStyle = .plain) -> String {
    StatusText(status, extent: extent).text(style: style)
}

@Test func theStatusOfAServiceWithTroubleReadsSo() {
    #expect(
        text(sampleStatus()) == """
            Telltale 0.1.0 needs attention.
              the sink otlp has been failing for 4 min 10 s: connection refused
                journalctl -u telltale TELLTALE_SINK=otlp tells its history
              running   for 3 h 12 min, process 812, with /etc/telltale/telltale.conf
              watching  7 directories by notification
              events    453 accepted, 3 rejected, 1 file rejected, 12 over the cap
              waiting   2 files, 2.9 kB

              SINK     STATE    SINCE                     DELIVERED  REFUSED  QUEUED
              journal  working  -                               453        0       0
              otlp     failing  11:55:50 UTC, 4 min 10 s        440        1      12  connection refused

            Spool /var/lib/telltale/spool
              waiting   ▏········· 2 of 250000 files, 2.9 kB of 256 MB
              oldest    for 4 min 10 s, at most for 7 d
              rejected  1 file kept, 77 B

              DELAY                   P50     P90     P99     MAX  FILES
              last write to claim  4.7 ms  8.4 ms  9.3 ms  9.3 ms     93
              claim to delivery     45 ms   81 ms   90 ms   90 ms     90

              EXTENSION       FILES  ACCEPTED  REJECTED  OVER CAP  WAITING  WINDOW
              Contoso.Backup     40       360         0        12        2  ██████████ 360 of 360 in 5 min, room in 42 s
              Northwind.Sync     50        90         4         0        0  ▍········· 12 of 360 in 5 min
              VM agent            3         3         0         -        0

            Rejected (telltale rejected has the files)
              2  MissingKeyError: Message not found
              1  MalformedFileError (whole files)
              1  MissingKeyError: Version not found

            """)
}

@Test func aWellServiceIsSaidToBeWellFirst() {
    #expect(text(wellStatus()).hasPrefix("Telltale 0.1.0 is well.\n"))
    #expect(wellStatus().troubles.isEmpty)
}

@Test func whatIsWrongIsSaidFirstWithWhatHelps() {
    var status = wellStatus()
    status.sinks[0].state = .closed
    status.sinks[0].reason = "broken pipe"
    status.watching.polled = 2
    status.extensions[0].window?.isHolding = true
    status.spool.waiting.files = 240_000
    status.spool.oldest = status.takenAt - 600_000_000_000_000
    let lines = text(status).split(separator: "\n").map(String.init)
    #expect(lines[0] == "Telltale 0.1.0 needs attention.")
    #expect(
        Array(lines[1...10]) == [
            "  the sink journal is closed: broken pipe",
            "    journalctl -u telltale TELLTALE_SINK=journal tells why; systemctl restart telltale opens it again",
            "  the spool is 96 % full; beyond its limits the oldest files go",
            "    see which sink does not keep up; the settings spool-limit, spool-files and spool-age allow more",
            "  the oldest file waits for 6 d 22 h; after 7 d it goes",
            "    see which sink does not keep up; the settings spool-limit, spool-files and spool-age allow more",
            "  2 of 9 directories are only looked at from time to time, because the kernel has no more watches",
            "    raise fs.inotify.max_user_watches (or max_user_instances) with sysctl; telltale check has the figures",
            "  the cap holds events of Contoso.Backup back; the next go on in 42 s",
            "    they are not lost; the setting cap allows more",
        ])
}

@Test func aThrottledSinkIsNoTrouble() {
    var status = wellStatus()
    status.sinks[1].state = .throttled
    status.sinks[1].reason = "429"
    #expect(status.troubles.isEmpty)
}

@Test(arguments: strangeHandlers)
func nothingThatPublishersChoseReachesTheTerminalAsACommand(name: String) {
    var status = sampleStatus()
    status.extensions[0].handler = name
    status.extensions[0].window?.isHolding = true
    status.extensions[0].counts.rejected[name] = 3
    status.sinks[1].reason = name
    status.spool.path = name
    status.process.version = name
    status.process.configuration = [name]
    let shown = text(status, .all)
    #expect(shown.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    #expect(!shown.unicodeScalars.contains("\u{2028}"))
    // A name makes no lines of its own.
    let plain = sampleStatus()
    #expect(shown.count { $0 == "\n" } == text(plain).count { $0 == "\n" } + 3)
}

@Test func manyExtensionsAreCutToThoseThatMatterAndAllAreShownOnRequest() {
    var status = wellStatus()
    status.extensions = (0..<40).map { number in
        var source = ServiceStatus.Source(handler: "E\(number)")
        source.counts.files = number
        source.window = ServiceStatus.Window()
        return source
    }
    status.extensions[3].window?.isHolding = true
    status.extensions[4].window?.roomIn = 1
    status.extensions[5].counts.overCap = 1
    var others = ServiceStatus.Source(handler: "")
    others.counts.files = 17
    status.extensions.append(others)
    let lines = text(status).split(separator: "\n").map(String.init)
    let names = lines.compactMap { line in line.split(separator: " ").first.map(String.init) }
        .filter { $0.hasPrefix("E") && $0 != "EXTENSION" }
    #expect(names == ["E3", "E4", "E5"] + (28...39).reversed().map { "E\($0)" })
    #expect(lines.contains { $0.contains("(all others)") && $0.contains("17") })
    #expect(lines.contains("  and 25 extensions more: --all"))
    #expect(text(status, .all).contains("E0 ") && !text(status, .all).contains("more: --all"))
}

@Test func coloursAreOnlyForTerminals() {
    #expect(!text(sampleStatus()).contains("\u{1B}"))
    #expect(text(sampleStatus(), style: .coloured).contains("\u{1B}[1;31mneeds attention.\u{1B}[0m"))
}
