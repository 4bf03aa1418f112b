/// A service's status for people: what an operator asks first stands first.
package struct StatusText: Sendable {
    /// How much is told.
    package enum Extent: Sendable {
        /// Of extensions and reasons the first; how many more there are is said.
        case first
        case all
    }

    /// Extensions that are shown where not all are asked for.
    static let shownExtensions = 15
    /// Reasons of rejections that are shown where not all are asked for.
    static let shownReasons = 10
    /// Columns that a name which somebody chose takes at most.
    static let longestName = 48
    /// Columns that a sink's reason takes at most.
    static let longestReason = 200
    /// Columns of a bar.
    static let barWidth = 10

    let status: ServiceStatus
    let extent: Extent

    package init(_ status: ServiceStatus, extent: Extent = .first) {
        self.status = status
        self.extent = extent
    }

    /// The lines, each with its line end.
    package func text(style: TextStyle) -> String {
        lines.map { $0.text(style: style) + "\n" }.joined()
    }

    /// All sections, with an empty line between two.
    var lines: [StyledLine] {
        [head, sinks, spool, delays, extensions, rejections].filter { !$0.isEmpty }.joined(separator: [StyledLine()])
            .map(\.self)
    }

    // MARK: Sections

    /// Whether all is well, what is not and what helps, and the sums.
    var head: [StyledLine] {
        let troubles = status.troubles
        var first = StyledLine("Telltale \(status.process.version) ")
        switch status.activity {
        case .starting: first.append("is starting: not everything is watched yet.", .notable)
        case .stopping: first.append("is stopping: it delivers what is in flight.", .notable)
        case .ready where troubles.isEmpty: first.append("is well.", .good)
        case .ready: first.append("needs attention.", .bad)
        }
        var lines = [first]
        for trouble in troubles {
            lines.append(StyledLine("  "))
            lines[lines.count - 1].append("\(trouble)", .bad)
            lines.append(StyledLine("    "))
            lines[lines.count - 1].append(trouble.help)
        }
        return lines + sums
    }

    private var sums: [StyledLine] {
        var table = StyledTable()
        let process = status.process
        let running = status.takenAt - min(process.startedAt, status.takenAt)
        let files = process.configuration.isEmpty ? "" : ", with \(process.configuration.joined(separator: " and "))"
        table.add([
            StyledLine("running", .faint),
            StyledLine("for \(ShownDuration(running)), process \(process.processID)\(files)"),
        ])
        let watching = status.watching
        var watched = StyledLine("\(watching.notified.counting("directory", "directories")) by notification")
        if watching.polled > 0 { watched.append(", \(watching.polled) by polling", .bad) }
        table.add([StyledLine("watching", .faint), watched])
        let totals = status.totals
        var events = StyledLine("\(totals.accepted) accepted")
        let rejected = totals.rejectedEvents
        events.append(", \(rejected) rejected", rejected > 0 ? .notable : .plain)
        if totals.rejectedFiles > 0 { events.append(", \(totals.rejectedFiles.counting("file")) rejected", .notable) }
        events.append(", \(totals.overCap) over the cap", totals.overCap > 0 ? .notable : .plain)
        table.add([StyledLine("events", .faint), events])
        let waiting = status.spool.waiting
        table.add([
            StyledLine("waiting", .faint),
            StyledLine("\(waiting.files.counting("file")), \(ShownBytes(waiting.bytes))"),
        ])
        return table.lines
    }

    /// Each sink's state, since when, and why.
    var sinks: [StyledLine] {
        guard !status.sinks.isEmpty else { return [] }
        var table = StyledTable([.left, .left, .left, .right, .right, .right])
        table.addHead(["SINK", "STATE", "SINCE", "DELIVERED", "REFUSED", "QUEUED", ""])
        for sink in status.sinks {
            let emphasis: StyledLine.Emphasis =
                switch sink.state {
                case .working: .good
                case .throttled: .notable
                case .stuck, .failing, .closed: .bad
                }
            let since = sink.lasting.map { "\(time(before: $0)), \(ShownDuration($0))" } ?? "-"
            table.add([
                StyledLine(sink.name), StyledLine(sink.state.rawValue, emphasis), StyledLine(since),
                StyledLine("\(sink.delivered)"), StyledLine("\(sink.refused)", sink.refused > 0 ? .notable : .plain),
                StyledLine("\(sink.queued)"), StyledLine(sink.reason.shownOnTerminal(columns: Self.longestReason)),
            ])
        }
        return table.lines
    }

    /// When something was that is so many nanoseconds ago; with the day, if that is another.
    private func time(before duration: UInt64) -> String {
        let then = Instant(status.takenAt - min(duration, status.takenAt))
        return then.day == Instant(status.takenAt).day ? "\(then.time) UTC" : "\(then.day) \(then.time) UTC"
    }

    /// What waits, beside the limits.
    var spool: [StyledLine] {
        let spool = status.spool
        var table = StyledTable()
        let emphasis: StyledLine.Emphasis = spool.use > 0.9 ? .bad : spool.use > 0.5 ? .notable : .plain
        var used = StyledLine()
        used.append(Bar.text(spool.use, columns: Self.barWidth), emphasis)
        used.append(
            " \(spool.waiting.files) of \(spool.limits.files) files, "
                + "\(ShownBytes(spool.waiting.bytes)) of \(ShownBytes(spool.limits.bytes))")
        table.add([StyledLine("waiting", .faint), used])
        if let age = status.oldestAge {
            table.add([
                StyledLine("oldest", .faint),
                StyledLine("for \(ShownDuration(age)), at most for \(ShownDuration(spool.ageLimit))"),
            ])
        }
        if spool.rejected.files > 0 {
            table.add([
                StyledLine("rejected", .faint),
                StyledLine("\(spool.rejected.files.counting("file")) kept, \(ShownBytes(spool.rejected.bytes))"),
            ])
        }
        var head = StyledLine("Spool ")
        head.append(spool.path.shownOnTerminal(columns: Self.longestReason))
        return [head] + table.lines
    }

    /// How long files took.
    var delays: [StyledLine] {
        var table = StyledTable([.left, .right, .right, .right, .right, .right])
        table.addHead(["DELAY", "P50", "P90", "P99", "MAX", "FILES"])
        for (name, delays) in [
            ("last write to claim", status.claimDelay), ("claim to delivery", status.deliveryDelay),
        ] {
            let parts = [0.5, 0.9, 0.99, 1].map { delays.percentile($0).map { "\(ShownDuration($0))" } ?? "-" }
            table.add(([name] + parts + ["\(delays.count)"]).map { StyledLine($0) })
        }
        return table.lines
    }

    /// What was rejected, by reason.
    var rejections: [StyledLine] {
        let rejections = status.rejections
        guard !rejections.isEmpty else { return [] }
        let shown = extent == .all ? rejections[...] : rejections.prefix(Self.shownReasons)
        var table = StyledTable([.right])
        for (reason, count) in shown {
            table.add([StyledLine("\(count)", .notable), StyledLine(reason.shownOnTerminal(columns: 100))])
        }
        var lines = [StyledLine("Rejected (telltale rejected has the files)")] + table.lines
        let left = rejections.count - shown.count
        if left > 0 { lines.append(StyledLine("  and \(left.counting("reason")) more: --all", .faint)) }
        return lines
    }
}
