/// What older agents and the extensions' older way of reporting leave to the collector: trimming and completing.
enum LegacyAgentEvents {
    /// The parameters of an extension's event that are kept.
    private static let kept: Set<UTF8Text> = [
        "Name", "Version", "Operation", "OperationSuccess", "Message", "Duration",
    ]

    /// Whether a file's events want completing: its name ends in `.tld`, but not in `.waagent.tld`.
    static func areIn(_ file: EventFile) -> Bool {
        guard let name = file.name?.bytes else { return false }
        return name.ends(with: ".tld") && !name.ends(with: ".waagent.tld")
    }

    /// The parameters in full.
    ///
    /// An extension's event is trimmed and always gets the collector's common parameters; the agent's own gets those
    /// that it lacks.
    static func completed(
        _ own: [Parameter], eventID: Int64, providerID: UTF8Text, format: UTF8Text, time: UTF8Text,
        common: CommonParameters
    ) -> [Parameter] {
        guard isOfExtension(own) else { return withMissing(own, time: time, common: common) }
        var parameters = own.filter { kept.contains($0.name) } + beforeTrailing(time: time, common: common)
        if eventID == 1, providerID == TelemetryEvent.agentProvider {
            parameters.append(Parameter("ExtensionType", .text(format)))
            parameters.append(Parameter("IsInternal", .boolean(false)))
        }
        return parameters + common.trailing
    }

    /// The parameters, then the common ones that are not among them.
    static func withMissing(_ own: [Parameter], time: UTF8Text, common: CommonParameters) -> [Parameter] {
        let present = Set(own.map(\.name))
        let all = beforeTrailing(time: time, common: common) + common.trailing
        return own + all.filter { !present.contains($0.name) }
    }

    private static func beforeTrailing(time: UTF8Text, common: CommonParameters) -> [Parameter] {
        common.leading + [Parameter("OpcodeName", .text(time))] + common.collector
    }

    /// The agent writes its own name, or none in logs and metrics; of several names the first counts.
    private static func isOfExtension(_ parameters: [Parameter]) -> Bool {
        guard let name = parameters.first(where: { $0.name == "Name" }) else { return false }
        return name.value != .text("WALinuxAgent")
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with suffix: StaticString) -> Bool {
        self.suffix(suffix.utf8CodeUnitCount).elementsEqual(
            UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
    }
}
