@testable import TelemetryEvents

/// Events as the validator makes them.
enum SampleEvents {
    static let common = CommonParameters(
        leading: [Parameter("GAVersion", .text("Telltale-1")), Parameter("ContainerId", .text("c"))],
        collector: [],
        trailing: [Parameter("OSVersion", .text("Linux:debian-12-x:6.1")), Parameter("RAM", .integer("2048"))])

    static func file(
        _ name: UTF8Text? = "1591905451.json", from source: EventFile.Source = .handler("Fixture.Ext.Alpha"),
        common: CommonParameters = SampleEvents.common, claim: UInt64 = 0x1234
    ) -> EventFile {
        EventFile(claim: ClaimID(time: claim, counter: 7), source: source, name: name, modified: 0, common: common)
    }

    static func extensionEvent(
        message: String = "hello", level: String = "Warning", in file: EventFile = SampleEvents.file(), index: Int = 0
    ) -> TelemetryEvent {
        // In the order of ExtensionEvent.Field, and the event's name last.
        let values = [
            level, "11", "22", message, "op-1", "Enable", "2020-06-11T18:50:51Z", "1.2.3", "Fixture.Ext.Alpha-1.2.3",
        ]
        var texts: [UInt8] = []
        var places = InlineArray<8, ExtensionEvent.Place>(repeating: ExtensionEvent.Place(start: 0, end: 0))
        var last = ExtensionEvent.Place(start: 0, end: 0)
        for (number, value) in values.enumerated() {
            let start = UInt32(texts.count)
            texts += Array(value.utf8)
            last = ExtensionEvent.Place(start: start, end: UInt32(texts.count))
            if number < 8 { places[number] = last }
        }
        return TelemetryEvent(
            file: file, index: index, eventID: 7, providerID: "FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F",
            content: .extensionEvent(ExtensionEvent(texts: texts, places: places, eventNamePlace: last)),
            time: "1970-01-01T00:00:00.000000Z")
    }

    static func agentEvent(
        _ parameters: [Parameter], eventID: Int64 = 1, in file: EventFile = file("1.tld", from: .agent), index: Int = 0,
        provider: UTF8Text = "69B669B9-4AF8-4C50-BDC4-6006FA76E975"
    ) -> TelemetryEvent {
        TelemetryEvent(
            file: file, index: index, eventID: eventID, providerID: provider,
            content: .agentEvent(parameters), time: "1970-01-01T00:00:00.000000Z")
    }

    /// Events of one file, each with its number as its message.
    static func numbered(_ range: Range<Int>, messageLength: Int = 0, claim: UInt64 = 0x1234) -> [TelemetryEvent] {
        let file = file(claim: claim)
        return range.map {
            extensionEvent(message: "\($0)" + String(repeating: "x", count: messageLength), in: file, index: $0)
        }
    }
}
