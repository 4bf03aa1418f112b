import ProgramTestKit

@testable import TelemetryEvents

/// Events of all kinds, as the validator makes them, for OTLP's tests.
enum OTLPEvents {
    /// An extension's event; fields that are not named are empty.
    static func event(
        _ fields: [ExtensionEvent.Field: String], in file: EventFile = SampleEvents.file(), index: Int = 0
    ) -> TelemetryEvent {
        var texts: [UInt8] = []
        var places = InlineArray<8, ExtensionEvent.Place>(repeating: ExtensionEvent.Place(start: 0, end: 0))
        for field in ExtensionEvent.Field.allCases {
            let start = UInt32(texts.count)
            texts += Array((fields[field] ?? "").utf8)
            places[field.rawValue] = ExtensionEvent.Place(start: start, end: UInt32(texts.count))
        }
        let content = ExtensionEvent(texts: texts, places: places, eventNamePlace: places[0])
        return TelemetryEvent(
            file: file, index: index, eventID: 7, providerID: TelemetryEvent.extensionProvider,
            content: .extensionEvent(content), time: "1970-01-01T00:00:00.000000Z")
    }

    static func file(
        _ name: UTF8Text? = "1.tld", from source: EventFile.Source = .agent, claimed: UInt64 = 17,
        modified: Int64 = 1_700_000_000_123_456_789, common: CommonParameters = SampleEvents.common
    ) -> EventFile {
        EventFile(
            claim: ClaimID(time: claimed, counter: 3), source: source, name: name, modified: modified, common: common)
    }
}

/// Random events with hostile texts, the same in every run.
struct RandomEvents {
    private var random: RepeatableRandom
    private var file = OTLPEvents.file()

    init(seed: UInt64) {
        random = RepeatableRandom(seed: seed)
    }

    mutating func next(_ index: Int) -> TelemetryEvent {
        if chance(5) { file = nextFile() }
        return file.handler == nil ? agentEvent(index) : extensionEvent(index)
    }

    private mutating func nextFile() -> EventFile {
        let source: EventFile.Source = chance(3) ? (chance(3) ? .telltale : .agent) : .handler(text())
        let common =
            chance(3)
            ? SampleEvents.common
            : CommonParameters(
                leading: [], collector: [],
                trailing: [Parameter("VMId", .text(text())), Parameter("SubscriptionId", .text(text()))],
                machine: MachineNames(hostName: chance(2) ? text() : nil, vmName: nil))
        return OTLPEvents.file(
            source == .telltale ? nil : text(), from: source, claimed: random.next(),
            modified: Int64(bitPattern: random.next()), common: common)
    }

    private mutating func extensionEvent(_ index: Int) -> TelemetryEvent {
        var fields: [ExtensionEvent.Field: String] = [:]
        for field in ExtensionEvent.Field.allCases { fields[field] = text().description }
        if chance(2) { fields[.eventLevel] = one(of: ["Critical", "Error", "Warning", "Informational", "LogAlways"]) }
        if chance(2) { fields[.eventPid] = digits().description }
        if chance(2) { fields[.eventTid] = one(of: ["007", "-1", "-0", "+5", "0", "١", "9223372036854775808", " 1"]) }
        if chance(2) { fields[.timestamp] = "20\(Int.random(in: 10...99, using: &random))-03-04T05:06:07.8Z" }
        return OTLPEvents.event(fields, in: file, index: index)
    }

    private mutating func agentEvent(_ index: Int) -> TelemetryEvent {
        let known: [UTF8Text] = [
            "Message", "Context1", "CapabilityUsed", "OperationSuccess", "log.record.uid", "telltale.file", "",
        ]
        let parameters = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
            let name = chance(2) ? known.randomElement(using: &random) ?? "" : text()
            return Parameter(name, value())
        }
        return TelemetryEvent(
            file: file, index: index, eventID: Int64(bitPattern: random.next()), providerID: text(),
            content: .agentEvent(parameters), time: "")
    }

    private mutating func value() -> Parameter.Value {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .integer(digits())
        case 1: .float(Double(bitPattern: random.next() & ~(1 << 62)))
        case 2: .boolean(chance(2))
        case 3: .json(#"{"a":[1,null,"b"]}"#)
        default: .text(text())
        }
    }

    private mutating func digits() -> UTF8Text {
        let few = String(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random))
        return UTF8Text(chance(4) ? few + String(UInt64.max) : few)
    }

    /// Empty, short or long; with controls, quotes, marks that combine, and code points of every length.
    private mutating func text() -> UTF8Text {
        let hostile: [String] = [
            "\u{0}", "\u{1}", "\n", "\r", "\u{1B}[31m", "\u{7F}", "\u{85}", "\"", "\\", "]]>", "<&>", "e\u{301}",
            "\u{E9}", "\u{2028}", "\u{FEFF}", "\u{FFFD}", "\u{FFFF}", "漢", "\u{10FFFF}", "😀", "a", "word ",
        ]
        let length = chance(300) ? 20_000 : Int.random(in: 0..<20, using: &random)
        return UTF8Text((0..<length).map { _ in hostile.randomElement(using: &random) ?? "" }.joined())
    }

    private mutating func one(of texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
}
