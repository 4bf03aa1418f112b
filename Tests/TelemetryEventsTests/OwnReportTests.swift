import TelemetryEvents
import Testing

private let time = "1970-01-01T00:00:01.000000Z"

private func event(_ report: OwnReport) -> TelemetryEvent {
    let file = EventFile(
        claim: ClaimID(time: 5, counter: 6), source: .telltale, name: nil, modified: 1_000_000_000,
        common: EventFiles.common)
    return report.event(in: file, version: "9.8")
}

@Test func aWarningIsALineOfTheAgentsLog() {
    let event = event(.warning("Dropped"))
    #expect(event.eventID == 7)
    #expect(event.providerID == "FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F")
    #expect(
        EventFiles.parameters(event) == [
            "GAVersion='Telltale-1'", "OpcodeName='\(time)'", "EventTid=11", "EventPid=12", "TaskName='Collector'",
            "RAM=2048", "EventName='Log'", "CapabilityUsed='WARNING'", "Context1='Dropped'", "Context2='\(time)'",
            "Context3=''",
        ])
}

@Test func lostEventsAreReportedWithTheirCountAndTheFirstReasons() {
    var errors = OwnReport.Errors()
    for number in 1...7 {
        errors.add("reason \(number)", count: number)
        errors.add("reason \(number)")
    }
    let event = event(.errors(.deliver, errors))
    #expect(event.eventID == 1)
    #expect(event.providerID == "69B669B9-4AF8-4C50-BDC4-6006FA76E975")
    let reasons = (1...5).map { "reason \($0)" }.joined(separator: ", ")
    #expect(
        EventFiles.parameters(event) == [
            "Name='Telltale'", "Version='9.8'", "Operation='ReportEventErrors'", "OperationSuccess=false",
            "Message='DroppedEventsCount: 35\nReasons (first 5 errors): \(reasons)'", "Duration=0",
            "GAVersion='Telltale-1'", "OpcodeName='\(time)'", "EventTid=11", "EventPid=12", "TaskName='Collector'",
            "ExtensionType='json'", "IsInternal=false", "RAM=2048",
        ])
}

@Test func aFileThatIsNoUTF8IsTold() throws {
    func isForEncoding(_ bytes: [UInt8], name: UTF8Text) -> Bool? {
        do {
            _ = try EventFiles.validate(bytes, of: EventFiles.file(.agent, name: name))
            return nil
        } catch {
            return error.isForEncoding
        }
    }
    #expect(isForEncoding(Array("{\"eventId\": \"".utf8) + [0xFF, 0x22, 0x7D], name: "1.waagent.tld") == true)
    #expect(isForEncoding(Array("<Data a=\"".utf8) + [0xC3, 0x22, 0x2F, 0x3E], name: "1.tld") == true)
    #expect(isForEncoding(Array("{".utf8), name: "1.tld") == false)
    #expect(isForEncoding(Array("<Data".utf8), name: "1.tld") == false)
}
