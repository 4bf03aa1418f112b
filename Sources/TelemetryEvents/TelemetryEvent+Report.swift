extension TelemetryEvent {
    /// One of Telltale's own reports: the given parameters, then the common ones that they lack.
    ///
    /// The file is one of source `telltale`, whose time the report bears; `index` tells its reports apart.
    package static func report(
        _ parameters: [Parameter], eventID: Int64, providerID: UTF8Text, in file: EventFile, index: Int
    ) -> TelemetryEvent {
        let time = EventTime.text(nanoseconds: file.modified)
        let complete = LegacyAgentEvents.withMissing(parameters, time: time, common: file.common)
        return TelemetryEvent(
            file: file, index: index, eventID: eventID, providerID: providerID, content: .agentEvent(complete),
            time: time)
    }
}
