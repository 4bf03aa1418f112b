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
                    fields: publisher.noticeFields + [("TELLTALE_COUNT", String(events.values.reduce(0, +)))]))
        }
        if overCap > 0 {
            notices.append(
                Notice(
                    .capReached, about: subject, capMessage(publisher, cap),
                    fields: publisher.noticeFields + [("TELLTALE_COUNT", String(overCap))]))
        }
        for kind in Self.fileKinds {
            guard let (fault, count) = files[kind] else { continue }
            notices.append(
                Notice(
                    kind, about: subject, message(fault, count, publisher),
                    fields: publisher.noticeFields + [
                        ("TELLTALE_FILE", fault.name), ("TELLTALE_REASON", fault.reason),
                        ("TELLTALE_COUNT", String(count)),
                    ]))
        }
        return notices
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
        return events.sorted { $0.key < $1.key }
            .map { "\n\tReason: \($0.key); Dropped Count: \($0.value)" }.joined()
    }

    private func capMessage(_ publisher: Publisher, _ cap: Int) -> String {
        "Reached max count for the extension: \(publisher); Max Limit: \(cap). Skipping the rest."
    }

    private func message(_ fault: FileFault, _ count: Int, _ publisher: Publisher) -> String {
        let others = count > 1 ? " (the last of \(count) such files)" : ""
        return "\(fault.message) (of \(publisher))\(others)"
    }
}
