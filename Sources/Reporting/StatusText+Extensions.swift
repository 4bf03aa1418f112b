extension StatusText {
    /// The extensions, those with trouble and the most active first, and the VM agent.
    var extensions: [StyledLine] {
        let ranked = status.rankedExtensions
        let shown = extent == .all ? ranked[...] : ranked.prefix(Self.shownExtensions)
        var table = StyledTable([.left, .right, .right, .right, .right, .right, .left])
        table.addHead(["EXTENSION", "FILES", "ACCEPTED", "REJECTED", "OVER CAP", "WAITING", "WINDOW"])
        for source in shown { table.add(row(source, named: source.handler ?? "")) }
        if let others = status.extensions.first(where: { $0.handler == Tally.others }) {
            table.add(row(others, named: "(all others)"))
        }
        table.add(row(status.agent, named: "VM agent"))
        var lines = table.lines
        let left = ranked.count - shown.count
        if left > 0 { lines.append(StyledLine("  and \(left.counting("extension")) more: --all", .faint)) }
        return lines
    }

    private func row(_ source: ServiceStatus.Source, named name: String) -> [StyledLine] {
        let counts = source.counts
        let rejected = counts.rejectedEventCount + counts.rejectedFileCount
        return [
            StyledLine(name.shownOnTerminal(columns: Self.longestName)), StyledLine("\(counts.files)"),
            StyledLine("\(counts.accepted)"), StyledLine("\(rejected)", rejected > 0 ? .notable : .plain),
            StyledLine(source.handler == nil ? "-" : "\(counts.overCap)", counts.overCap > 0 ? .notable : .plain),
            StyledLine("\(source.waiting.files)"), source.window.map(window) ?? StyledLine(),
        ]
    }

    /// How much of the cap is used, and when there is room again.
    private func window(_ window: ServiceStatus.Window) -> StyledLine {
        let part = status.cap > 0 ? Double(window.admitted) / Double(status.cap) : 0
        let emphasis: StyledLine.Emphasis =
            window.isHolding ? .bad : window.roomIn != nil || part > ServiceStatus.nearTheCap ? .notable : .plain
        var line = StyledLine()
        line.append(Bar.text(part, columns: Self.barWidth), emphasis)
        line.append(" \(window.admitted) of \(status.cap) in \(ShownDuration(status.period))")
        if let roomIn = window.roomIn {
            line.append(", \(window.isHolding ? "holding, " : "")room in \(ShownDuration(roomIn))", emphasis)
        } else if window.isHolding {
            line.append(", holding", emphasis)
        }
        return line
    }
}

extension ServiceStatus {
    /// The part of the cap from which on an extension is near it.
    static let nearTheCap = 0.8

    /// The extensions that are told one by one, in the order in which an operator looks at them.
    var rankedExtensions: [Source] {
        extensions.filter { $0.handler != Tally.others }
            .map { (source: $0, rank: rank($0)) }
            .sorted {
                ($1.rank, $1.source.counts.files, $0.source.handler ?? "")
                    < ($0.rank, $0.source.counts.files, $1.source.handler ?? "")
            }
            .map(\.source)
    }

    private func rank(_ source: Source) -> Int {
        let window = source.window
        if window?.isHolding == true { return 3 }
        if window?.roomIn != nil { return 2 }
        let isNear = cap > 0 && Double(window?.admitted ?? 0) > Self.nearTheCap * Double(cap)
        let counts = source.counts
        return isNear || counts.overCap + counts.rejectedEventCount + counts.rejectedFileCount > 0 ? 1 : 0
    }
}
