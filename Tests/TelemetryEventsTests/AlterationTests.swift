import TelemetryEvents
import Testing

private func text(_ length: Int) -> String { "\"" + String(repeating: "é", count: length) + "\"" }

@Test func aCutMessageTellsItsLengthBeforeAndAfter() throws {
    let limit = ValidationLimits().messageLength
    let file = try EventFiles.validate(
        "[\(EventFiles.event(["Message": text(limit)])), \(EventFiles.event(["Message": text(limit + 1)]))]")
    #expect(file.alterations == [Alteration(index: 1, field: "Message", kind: .cut(from: limit + 1, to: limit))])
    #expect(file.cutCount == 1)
    #expect(file.redactedCount == 0)
}

@Test func eachRedactedFieldTellsHowManyQueriesItLost() throws {
    for field in ExtensionEvent.Field.allCases {
        let value = "\"https://a?sig=x\\thttps://b?c=d https://e?sv=1\""
        // The empty text before it begins where the redacted one does.
        let before: ExtensionEvent.Field = field == .taskName ? .operationId : .taskName
        let file = try EventFiles.validate(EventFiles.event([field.name: value, before.name: "\"\""]))
        #expect(file.alterations == [Alteration(index: 0, field: field.name, kind: .redacted(queries: 2))])
        #expect(file.redactedCount == 1)
    }
}

@Test func aMessageThatIsRedactedAndCutTellsBoth() throws {
    let limit = ValidationLimits().messageLength
    let padding = String(repeating: "x", count: limit)
    // The redacted query lies beyond the cut.
    let file = try EventFiles.validate(EventFiles.event(["Message": "\"\(padding) https://a?sig=SECRET\""]))
    let length = limit + " https://a?<redacted>".utf8.count
    #expect(
        file.alterations == [
            Alteration(index: 0, field: "Message", kind: .redacted(queries: 1)),
            Alteration(index: 0, field: "Message", kind: .cut(from: length, to: limit)),
        ])
}

@Test func aRejectedEventIsNotAlteredNorIsTheNext() throws {
    let secret = "\"https://a?sig=x\""
    let file = try EventFiles.validate(
        "[\(EventFiles.event(["Message": secret, "Version": "1"])), \(EventFiles.event())]")
    #expect(file.rejections.count == 1)
    #expect(file.alterations.isEmpty)
    #expect(file.redactedCount == 0)
}

@Test func alterationsBeyondTheKeptOnesAreCounted() throws {
    var limits = ValidationLimits()
    limits.keptRejections = 3
    limits.messageLength = 4
    let event = EventFiles.event(["Message": "\"12345\"", "TaskName": "\"https://a?sig=x\""])
    let list = Array(repeating: event, count: 50).joined(separator: ",")
    let file = try EventFiles.validate("[\(list)]", limits: limits)
    #expect(file.cutCount == 50)
    #expect(file.redactedCount == 50)
    #expect(file.alterations.map(\.index) == [0, 0, 1])
}

@Test(arguments: ["json", "xml"])
func agentEventsTellWhichParametersWereRedacted(format: String) throws {
    let json = """
        {"eventId": 1, "providerId": "https://p?sig=1", "parameters": [
          {"name": "empty", "value": ""}, {"name": "Message", "value": "https://a?sig=x https://b?sp=y"},
          {"name": "https://n?sig=x", "value": 5}]}
        """
    let xml = """
        <Data><Provider id="https://p?sig=1"/><Event id="1"/><Param Name="empty" Value=""/>
        <Param Name="Message" Value="https://a?sig=x https://b?sp=y"/><Param Name="https://n?sig=x" Value="5" T="mt:uint64"/></Data>
        """
    let file = try EventFiles.agent(format == "json" ? json : xml)
    #expect(
        file.alterations == [
            Alteration(index: 0, field: "providerId", kind: .redacted(queries: 1)),
            Alteration(index: 0, field: "Message", kind: .redacted(queries: 2)),
            Alteration(index: 0, field: "https://n?<redacted>", kind: .redacted(queries: 1)),
        ])
}

@Test func redactedJSONWithinAParameterIsTold() throws {
    let file = try EventFiles.agent(
        """
        {"eventId": 1, "providerId": "p", "parameters": [
          {"name": "a", "value": {"u": ["https://a?sig=x", {"https://b?sig=y": "https://c?d=e"}]}}]}
        """)
    #expect(file.alterations == [Alteration(index: 0, field: "a", kind: .redacted(queries: 2))])
}

@Test func whatTrimmingLeavesOutIsNotToldAsRedacted() throws {
    let file = try EventFiles.agent(
        """
        {"eventId": 1, "providerId": "p", "parameters": [{"name": "Name", "value": "Acme"},
          {"name": "Other", "value": "https://a?sig=x"}, {"name": "Message", "value": "https://a?sig=x"}]}
        """, name: "1.tld")
    #expect(file.alterations == [Alteration(index: 0, field: "Message", kind: .redacted(queries: 1))])
    #expect(file.redactedCount == 1)
}
