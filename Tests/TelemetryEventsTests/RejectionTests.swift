import TelemetryEvents
import Testing

private func codes(_ text: String) throws -> [Rejection.Code] {
    try EventFiles.validate(text).rejections.map(\.code)
}

@Test func eachMissingFieldIsNamed() throws {
    for field in ExtensionEvent.Field.allCases {
        #expect(try codes(EventFiles.event([field.name: nil])) == [.missingKey(field)])
    }
}

@Test func eachFieldOfAWrongTypeIsNamed() throws {
    for field in ExtensionEvent.Field.allCases {
        let takesIntegers = field == .eventPid || field == .eventTid
        let expected = takesIntegers ? "text or an integer" : "text"
        for value in ["null", "true", "1.0", "1e3", "[]", "{}"] + (takesIntegers ? [] : ["1"]) {
            let found = try codes(EventFiles.event([field.name: value]))
            #expect(found == [.invalidType(field, expected: expected)], "\(field) \(value)")
        }
    }
}

@Test func faultsAreFoundInTheContractsOrder() throws {
    let fields = ExtensionEvent.Field.allCases
    #expect(
        fields.map(\.name) == [
            "EventLevel", "EventPid", "EventTid", "Message", "OperationId", "TaskName", "Timestamp", "Version",
        ])
    // Each field is at fault together with all that come after it: the first one is told.
    for (place, field) in fields.enumerated() where field != .message {
        let later = Dictionary(uniqueKeysWithValues: fields[place...].map { ($0.name, String?.some("null")) })
        let expected = field == .eventPid || field == .eventTid ? "text or an integer" : "text"
        #expect(try codes(EventFiles.event(later)) == [.invalidType(field, expected: expected)])
        var missing = later
        missing[field.name] = .some(nil)
        #expect(try codes(EventFiles.event(missing)) == [.missingKey(field)])
    }
    #expect(try codes("{}") == [.missingKey(.message)])
    #expect(try codes(EventFiles.event(["Message": nil, "EventLevel": nil])) == [.missingKey(.message)])
    #expect(try codes(EventFiles.event(["Message": "\" \"", "EventLevel": nil])) == [.emptyMessage])
    #expect(try codes(EventFiles.event(["Message": "null", "EventLevel": nil])) == [.missingKey(.eventLevel)])
    let long = "\"" + String(repeating: "x", count: 7000) + "\""
    #expect(try codes(EventFiles.event(["TaskName": long, "Version": nil])) == [.missingKey(.version)])
    #expect(try codes(EventFiles.event(["TaskName": long])) == [.oversizeEvent(limit: 6144)])
}

@Test func aMessageThatStrippingEmptiesIsEmpty() throws {
    for written in ["", " ", "\\n\\t", "\u{3000}", "\\u00a0\\u2028", "\\u001f"] {
        #expect(try codes(EventFiles.event(["Message": "\"\(written)\""])) == [.emptyMessage])
    }
    // Other fields may be empty.
    #expect(try codes(EventFiles.event(["OperationId": "\"\""])).isEmpty)
}

@Test func aRejectionStandsAtTheValueOrAtTheEvent() throws {
    let text = "[\n  {\"é\": 1, \"Message\": \"a\", \"EventLevel\": 5},\n {},\n\n\t3]"
    let file = try EventFiles.validate(text)
    #expect(
        file.rejections == [
            Rejection(
                code: .invalidType(.eventLevel, expected: "text"), index: 0,
                place: TextPlace(offset: 44, line: 2, column: 42)),
            Rejection(code: .missingKey(.message), index: 1, place: TextPlace(offset: 49, line: 3, column: 2)),
            Rejection(code: .notAnObject, index: 2, place: TextPlace(offset: 55, line: 5, column: 2)),
        ])
    #expect(Array(text.utf8)[44] == UInt8(ascii: "5"))
    let empty = EventFiles.event(["Message": "\"\""])
    let place = try #require(try EventFiles.validate(empty).rejections.first?.place)
    #expect(Array(empty.utf8)[place.offset...].starts(with: Array("\"\",".utf8)))
}

@Test func aByteOrderMarkTakesNoColumn() throws {
    let file = try EventFiles.validate([0xEF, 0xBB, 0xBF] + Array(" 5".utf8))
    #expect(file.rejections.first?.place == TextPlace(offset: 4, line: 1, column: 2))
}

@Test func theContractsWordsDescribeEachCode() {
    #expect(Rejection.Code.missingKey(.eventPid).description == "MissingKeyError: EventPid not found")
    #expect(Rejection.Code.emptyMessage.description == "EmptyMessageError: Message should not be empty")
    #expect(Rejection.Code.oversizeEvent(limit: 6144).description == "OversizeEventError: max event size allowed: 6144")
    #expect(
        Rejection.Code.invalidType(.version, expected: "text").description
            == "InvalidTypeError: Version should be text")
    #expect(Rejection.Code.notAnObject.description == "NotAnObjectError: event should be a JSON object")
}

@Test func aMillionRejectionsAreCountedAndAFewKept() throws {
    let count = 1_398_101
    var bytes: [UInt8] = Array("[{}".utf8)
    for _ in 1..<count { bytes += Array(",{}".utf8) }
    bytes += Array("]".utf8)
    #expect(bytes.count <= ValidationLimits().fileSize)
    let file = try EventFiles.validate(bytes)
    #expect(file.rejected == [.missingKey(.message): count])
    #expect(file.rejections.map(\.index) == Array(0..<ValidationLimits().keptRejections))
}

@Test func rejectionsThatAlternateAreCountedExactly() throws {
    let file = try EventFiles.validate("[" + Array(repeating: "{},1", count: 50_000).joined(separator: ",") + "]")
    #expect(file.rejected == [.missingKey(.message): 50_000, .notAnObject: 50_000])
}

@Test func noEventLendsAFieldToTheNext() throws {
    for field in ExtensionEvent.Field.allCases {
        let file = try EventFiles.validate("[\(EventFiles.event()),\(EventFiles.event([field.name: nil]))]")
        #expect(file.events.map(\.index) == [0])
        #expect(file.rejected == [.missingKey(field): 1])
    }
}

@Test func aRejectedEventLeavesTheOthersWhole() throws {
    let good = EventFiles.event()
    let oversize = EventFiles.event(["TaskName": "\"" + String(repeating: "x", count: 7000) + "\""])
    let file = try EventFiles.validate("[\(good),\(oversize),\(good)]")
    #expect(file.events.map(\.index) == [0, 2])
    for event in file.events {
        #expect(EventFiles.parameters(event).contains("EventName='Acme-1.2'"))
    }
}
