internal import Reporting
internal import TelemetryEvents

extension DropDigest {
    /// The notices that tell operators what was left out.
    func notices(about publisher: Publisher, cap: Int) -> [Notice] {
        let subject = publisher.description
        var notices: [Notice] = []
        if let details {
            let whose =
                switch publisher {
                case .handler: "for Extension: \(publisher)"
                case .agent: "for the VM agent"
                }
            notices.append(
                Notice(
                    .eventsRejected, about: subject, "Dropped events \(whose); Details:" + details,
                    count: events.values.reduce(0, +),
                    fields: publisher.noticeFields + Set(events.keys.map(\.name)).sorted().map { .reason($0) }))
        }
        if overCap > 0 {
            notices.append(
                Notice(
                    .capReached, about: subject, capMessage(publisher, cap), count: overCap,
                    fields: publisher.noticeFields))
        }
        for kind in Self.fileKinds {
            guard let (fault, count) = files[kind] else { continue }
            notices.append(
                Notice(
                    kind, about: subject, message(fault, count, publisher), count: count,
                    fields: publisher.noticeFields + [.file(fault.name), .reason(fault.code)]))
        }
        for (sink, (refusal, count)) in refusals.sorted(by: { $0.key < $1.key }) {
            notices.append(notice(refusal, count, of: publisher, by: sink))
        }
        return notices
    }

    private func notice(_ refusal: Refusal, _ count: Int, of publisher: Publisher, by sink: String) -> Notice {
        let others = count > 1 ? " (the last of \(count) such events)" : ""
        return Notice(
            .eventRefused, about: "\(publisher) at \(sink)",
            "The sink \(sink) refused event \(refusal.event) of \(publisher) for good: \(refusal.reason)\(others)",
            count: count,
            fields: publisher.noticeFields + [.sink(sink), .event(refusal.event), .answer(refusal.reason)]
                + (refusal.file.map { [.file($0)] } ?? []))
    }

    /// The reports that tell the telemetry channel: warnings about extensions, errors about all else.
    func reports(about publisher: Publisher, cap: Int) -> [OwnReport] {
        guard case .handler = publisher else {
            return OwnReport.Operation.allCases.compactMap { operation in
                errors[operation].map { .errors(operation, $0) }
            }
        }
        var warnings: [String] = []
        if let details { warnings.append("Dropped events for Extension: \(publisher); Details:" + details) }
        if overCap > 0 { warnings.append(capMessage(publisher, cap)) }
        for kind in Self.fileKinds {
            guard let (fault, count) = files[kind] else { continue }
            warnings.append(message(fault, count, publisher))
        }
        return warnings.map(OwnReport.warning)
    }

    /// The counts by reason, each on a line of its own; nil when no event was rejected.
    private var details: String? {
        guard !events.isEmpty else { return nil }
        return events.map { (reason: $0.key.description, count: $0.value) }.sorted { $0.reason < $1.reason }
            .map { "\n\tReason: \($0.reason); Dropped Count: \($0.count)" }.joined()
    }

    private func capMessage(_ publisher: Publisher, _ cap: Int) -> String {
        "Reached max count for the extension: \(publisher); Max Limit: \(cap). Skipping the rest."
    }

    private func message(_ fault: FileFault, _ count: Int, _ publisher: Publisher) -> String {
        let others = count > 1 ? " (the last of \(count) such files)" : ""
        return "\(fault.message) (of \(publisher))\(others)"
    }
}
