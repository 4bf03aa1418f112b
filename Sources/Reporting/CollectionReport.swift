/// The report of a collection: one JSON object (contract, section 7).
package struct CollectionReport: Sendable {
    package let tally: Tally
    /// Delivered events by the sink's name, in the order of configuration.
    package let delivered: [(sink: String, count: Int)]

    package init(tally: Tally, delivered: [(sink: String, count: Int)]) {
        self.tally = tally
        self.delivered = delivered
    }

    /// The object's text, with a line end behind it.
    ///
    /// Keys are sorted, so that two reports can be compared.
    package var json: String {
        let handlers = tally.handlers.sorted { $0.key < $1.key }
            .map { "\($0.key.quotedAsJSON): \(object(of: $0.value, isLimited: true))" }
        let sinks = delivered.map { "\($0.sink.quotedAsJSON): \($0.count)" }
        return """
            {"handlers": {\(handlers.joined(separator: ", "))}, \
            "agent": \(object(of: tally.agent, isLimited: false)), \
            "delivered": {\(sinks.joined(separator: ", "))}, "residueRemoved": \(tally.residueRemoved)}

            """
    }

    private func object(of counts: Tally.Counts, isLimited: Bool) -> String {
        var members = ["\"files\": \(counts.files)", "\"accepted\": \(counts.accepted)"]
        members.append("\"rejected\": \(object(counts.rejected))")
        if isLimited { members.append("\"overCap\": \(counts.overCap)") }
        if !counts.refused.isEmpty { members.append("\"refused\": \(object(counts.refused))") }
        let files = counts.rejectedFiles.map { "\($0.name.quotedAsJSON): \($0.reason.quotedAsJSON)" }
        members.append("\"rejectedFiles\": {\(files.joined(separator: ", "))}")
        return "{\(members.joined(separator: ", "))}"
    }

    private func object(_ counts: [String: Int]) -> String {
        "{\(counts.sorted { $0.key < $1.key }.map { "\($0.key.quotedAsJSON): \($0.value)" }.joined(separator: ", "))}"
    }
}
