@testable import TelemetryEvents

extension SampleEvents {
    /// An agent's event of a provider.
    static func event(
        _ parameters: [Parameter], eventID: Int64 = 1, of provider: UTF8Text = TelemetryEvent.agentProvider,
        index: Int = 0
    ) -> TelemetryEvent {
        TelemetryEvent(
            file: file("1.waagent.tld", from: .agent), index: index, eventID: eventID, providerID: provider,
            content: .agentEvent(parameters), time: "1970-01-01T00:00:00.000000Z")
    }

    /// An event whose element takes so many bytes of XML.
    static func event(takingBytes size: Int, of provider: UTF8Text = TelemetryEvent.agentProvider) -> TelemetryEvent {
        let around = #"<Event id="1"><![CDATA[<Param Name="Message" Value="" T="mt:wstr" />]]></Event>"#.utf8.count
        let message = String(repeating: "x", count: size - around)
        return event([Parameter("Message", .text(UTF8Text(message)))], of: provider)
    }
}
