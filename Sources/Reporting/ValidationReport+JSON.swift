internal import TelemetryEvents

extension ValidationReport {
    /// The report for programs: one JSON object on one line, with its line end.
    ///
    /// Members keep their names, meaning and type; new ones may come.
    package var json: String {
        let unlisted = unlisted
        let members = [
            ("file", name.quotedAsJSON),
            ("source", isOfAgent ? "\"agent\"" : "\"extension\""),
            ("accepted", "\(accepted)"),
            ("rejected", "\(rejected)"),
            ("reasons", Self.object(reasons.map { ($0.reason, "\($0.count)") })),
            ("cut", "\(cutCount)"),
            ("redacted", "\(redactedCount)"),
            ("fault", rejection.map(Self.object) ?? "null"),
            ("warning", warning?.quotedAsJSON ?? "null"),
            ("events", Self.list(events.map(Self.object))),
            ("unlisted", Self.object([("accepted", "\(unlisted.accepted)"), ("rejected", "\(unlisted.rejected)")])),
        ]
        return Self.object(members) + "\n"
    }

    private static func object(of rejection: FileRejection) -> String {
        object(
            [("code", rejection.name.quotedAsJSON), ("reason", rejection.description.quotedAsJSON)]
                + (rejection.place.map(members) ?? []))
    }

    private static func object(of event: Event) -> String {
        let index = ("index", "\(event.index)")
        switch event.verdict {
        case .rejected(let rejection, _):
            let members = [
                index, ("accepted", "false"),
                ("code", rejection.code.name.quotedAsJSON),
                ("reason", rejection.code.description.quotedAsJSON),
                ("field", rejection.code.field?.quotedAsJSON ?? "null"),
            ]
            return object(members + self.members(of: rejection.place))
        case .accepted(_, let alterations):
            var cut: [String] = []
            var redacted: [String] = []
            for alteration in alterations {
                let field = ("field", alteration.field.quotedAsJSON)
                switch alteration.kind {
                case .cut(let from, let to): cut.append(object([field, ("from", "\(from)"), ("to", "\(to)")]))
                case .redacted(let queries): redacted.append(object([field, ("queries", "\(queries)")]))
                }
            }
            return object([index, ("accepted", "true"), ("cut", list(cut)), ("redacted", list(redacted))])
        }
    }

    private static func members(of place: TextPlace) -> [(String, String)] {
        [("line", "\(place.line)"), ("column", "\(place.column)"), ("offset", "\(place.offset)")]
    }

    private static func object(_ members: [(String, String)]) -> String {
        "{\(members.map { "\($0.0.quotedAsJSON): \($0.1)" }.joined(separator: ", "))}"
    }

    private static func list(_ elements: [String]) -> String {
        "[\(elements.joined(separator: ", "))]"
    }
}
