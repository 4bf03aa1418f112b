internal import TelemetryEvents

extension ValidationReport {
    /// The report for people: lines, each with its line end.
    ///
    /// Nothing that stands in the file or in its name reaches the terminal as a command.
    package func text(style: TextStyle) -> String {
        var lines = [headline(style)]
        lines += excerpt?.lines(indentedBy: 4, style: style) ?? []
        if let warning { lines.append("  \(style.notable("warning:")) \(warning)") }
        for event in events { lines += self.lines(of: event, style) }
        lines += linesOfUnlisted(style)
        return lines.map { $0 + "\n" }.joined()
    }

    private func headline(_ style: TextStyle) -> String {
        let shownName = name.shownOnTerminal(columns: 200)
        if let rejection {
            if case .unreadable = rejection { return "\(shownName): \(style.bad("\(rejection)"))" }
            return "\(shownName): \(style.bad("rejected:")) \(rejection)"
        }
        var parts = ["\(accepted) accepted"]
        if rejected > 0 { parts.append(style.bad("\(rejected) rejected")) }
        if cutCount > 0 { parts.append(style.notable("\(cutCount.counting("text")) cut")) }
        if redactedCount > 0 { parts.append(style.notable("\(redactedCount.counting("text")) redacted")) }
        return "\(shownName): \((accepted + rejected).counting("event")): \(parts.joined(separator: ", "))"
    }

    private func lines(of event: Event, _ style: TextStyle) -> [String] {
        switch event.verdict {
        case .accepted(let summary, let alterations):
            let head = "  event \(event.index): \(style.good("accepted:")) \(summary)"
            return [head] + alterations.map { "    \(style.notable("\($0)"))" }
        case .rejected(let rejection, let excerpt):
            let head = "  event \(event.index): \(style.bad("rejected:")) \(rejection.code) (\(rejection.place))"
            return [head] + excerpt.lines(indentedBy: 4, style: style)
        }
    }

    /// Counts what is not listed, and then all by reason.
    private func linesOfUnlisted(_ style: TextStyle) -> [String] {
        let (accepted, rejected) = unlisted
        var parts: [String] = []
        if rejected > 0 { parts.append("\(rejected) more rejected") }
        if accepted > 0 { parts.append("\(accepted) more accepted") }
        guard !parts.isEmpty else { return [] }
        var lines = ["  … and \(parts.joined(separator: ", "))"]
        if rejected > 0 {
            lines += reasons.map { "  \(style.bad("\($0.count)")) × \($0.reason)" }
        }
        return lines
    }

    /// How many events are counted and not listed.
    var unlisted: (accepted: Int, rejected: Int) {
        let listedRejections = events.count {
            if case .rejected = $0.verdict { true } else { false }
        }
        return (accepted - (events.count - listedRejections), rejected - listedRejections)
    }
}

extension Alteration: CustomStringConvertible {
    /// For people, on one line of a terminal.
    package var description: String {
        let shownField = field.shownOnTerminal(columns: 40)
        return switch kind {
        case .cut(let from, let to): "\(shownField) is cut from \(from) to \(to) code points"
        case .redacted(let queries):
            "\(shownField) is redacted: \(queries == 1 ? "a URL's query holds" : "\(queries) queries of URLs hold") a signature"
        }
    }
}
