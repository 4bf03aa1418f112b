/// What `telltale status --watch` shows: the last status, how fast its counts grew, and whether the service answers.
package struct StatusScreen: Sendable {
    private var status: ServiceStatus?
    /// Why there is no newer status; nil while the service answers.
    private var trouble: String?
    private var accepted = RateHistory()
    private var leftOut = RateHistory()
    private var delivered: [String: RateHistory] = [:]

    package init() {}

    /// Takes note of an answer, at an instant in nanoseconds that never goes back.
    package mutating func show(_ status: ServiceStatus, at instant: UInt64) {
        if status.process.startedAt != self.status?.process.startedAt { miss() }
        self.status = status
        trouble = nil
        let totals = status.totals
        accepted.add(totals.accepted, at: instant)
        leftOut.add(totals.rejectedEvents + totals.rejectedFiles + totals.overCap, at: instant)
        for sink in status.sinks { delivered[sink.name, default: RateHistory()].add(sink.delivered, at: instant) }
    }

    /// Takes note that there was no answer, and why.
    package mutating func show(trouble: String) {
        self.trouble = trouble
        miss()
    }

    private mutating func miss() {
        accepted.miss()
        leftOut.miss()
        for name in delivered.keys { delivered[name]?.miss() }
    }

    /// The screen's lines: no more than it has rows, none wider than its columns.
    package func lines(columns: Int, rows: Int, style: TextStyle) -> [String] {
        var lines = sections.map { $0.text(style: style, columns: columns) }
        if lines.count > rows {
            let hidden = lines.count - max(rows - 1, 0)
            lines.removeLast(hidden)
            lines.append(
                StyledLine("… \(hidden.counting("line")) more: a larger terminal, or telltale status", .faint)
                    .text(style: style, columns: columns))
        }
        return Array(lines.prefix(max(rows, 0)))
    }

    private var sections: [StyledLine] {
        var lines: [StyledLine] = []
        if let trouble {
            var line = StyledLine("Telltale does not answer: ", .bad)
            line.append(trouble)
            lines.append(line)
            lines.append(StyledLine("It is asked again every second; q ends this.", .faint))
        }
        guard let status else { return lines }
        if trouble != nil {
            let then = Instant(status.takenAt)
            lines.append(StyledLine())
            lines.append(StyledLine("What it said last, at \(then.day) \(then.time) UTC:", .notable))
        }
        let text = StatusText(status)
        let parts = [text.head, rates(status), text.sinks, text.spool, text.delays, text.extensions, text.rejections]
        return lines + parts.filter { !$0.isEmpty }.joined(separator: [StyledLine()])
    }

    /// Events a second, with the last minute as a sparkline.
    private func rates(_ status: ServiceStatus) -> [StyledLine] {
        var table = StyledTable([.left, .right])
        table.addHead(["EVENTS A SECOND", "NOW", "LAST MINUTE"])
        var rows = [("accepted", accepted), ("rejected, over the cap", leftOut)]
        rows += status.sinks.map { ("delivered, \($0.name)", delivered[$0.name] ?? RateHistory()) }
        for (name, history) in rows {
            table.add([
                StyledLine(name), StyledLine(history.rate.map(Self.shown) ?? "-"),
                StyledLine(Sparkline.text(history.lastRates), .good),
            ])
        }
        return table.lines
    }

    /// One digit behind the point below ten, but for nothing.
    private static func shown(_ rate: Double) -> String {
        rate > 0 && rate < 10 ? "\((rate * 10).rounded() / 10)" : "\(Int(min(rate, 1e15).rounded()))"
    }
}
