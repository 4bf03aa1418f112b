import TelemetryEvents
import Testing

@Test func aFileOfExactlyTheLimitIsReadAndOneByteMoreIsNot() throws {
    let limit = ValidationLimits().fileSize
    let event = Array(EventFiles.event().utf8)
    let exact = event + [UInt8](repeating: 0x20, count: limit - event.count)
    #expect(try EventFiles.validate(exact).events.count == 1)
    #expect(throws: FileRejection.oversize(size: limit + 1, limit: limit)) { try EventFiles.validate(exact + [0x20]) }
}

@Test func fourMebibytesOfOneTextAreTaken() throws {
    let message = String(repeating: "x", count: 4_000_000)
    let event = try EventFiles.only(EventFiles.validate(EventFiles.event(["Message": "\"\(message)\""])))
    #expect(event[.message].bytes.count == ValidationLimits().messageLength)
}

@Test(arguments: ["x", "é", "€", "🚀"])
func aMessageIsCutByCodePoints(character: String) throws {
    for (count, kept) in [(3071, 3071), (3072, 3072), (3073, 3072)] {
        let message = try EventFiles.message(String(repeating: character, count: count))
        #expect(message.unicodeScalars.count == kept)
        #expect(message == String(repeating: character, count: kept))
    }
}

@Test func aMessageOfEscapesIsCutByWhatTheyStandFor() throws {
    let message = try EventFiles.message(String(repeating: "\\ud83d\\ude80", count: 3073))
    #expect(message == String(repeating: "🚀", count: 3072))
}

@Test func theEightFieldsTogetherMayHoldTheLimit() throws {
    // All but TaskName: 3 + 20 + 5 + 5 + 2 + 2 + 2.
    let others = 39
    for character in ["n", "é", "🚀"] {
        for (excess, isTaken) in [(-1, true), (0, true), (1, false)] {
            let task = String(repeating: character, count: 6144 - others + excess)
            let file = try EventFiles.validate(EventFiles.event(["TaskName": "\"\(task)\""]))
            #expect(file.events.count == (isTaken ? 1 : 0))
            #expect(file.rejected == (isTaken ? [:] : [.oversizeEvent(limit: 6144): 1]))
        }
    }
}

@Test func theSizeIsThatOfWhatIsKept() throws {
    let blanks = String(repeating: " ", count: 7000)
    let query = String(repeating: "x", count: 7000)
    let long = String(repeating: "m", count: 7000)
    for changes in [
        ["TaskName": "\"\(blanks)a\(blanks)\""], ["TaskName": "\"https://a?sig=\(query)\""], ["Message": "\"\(long)\""],
    ] {
        #expect(try EventFiles.validate(EventFiles.event(changes)).events.count == 1)
    }
    // The Version counts, and so does the name's only once.
    let version = String(repeating: "1", count: 6144 - 43)
    #expect(try EventFiles.validate(EventFiles.event(["Version": "\"\(version)\""])).events.count == 1)
    #expect(try EventFiles.validate(EventFiles.event(["Version": "\"\(version)1\""])).events.isEmpty)
}

@Test func listsAndObjectsNestUpToTheLimit() throws {
    let limit = ValidationLimits().nesting
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        // The event's own braces are one level.
        func event(_ depth: Int) -> String {
            let nested = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            return EventFiles.event(["Extra": nested])
        }
        #expect(try EventFiles.validate(event(limit - 1)).events.count == 1)
        #expect(throws: FileRejection.self) { try EventFiles.validate(event(limit)) }
        #expect(throws: FileRejection.self) { try EventFiles.validate("[\(event(limit - 1))]") }
    }
}

@Test func deepNestingNeverEndsTheProcess() {
    for unit in ["[", "{\"a\":", "[{\"a\":"] {
        let bytes = Array(String(repeating: unit, count: 4_194_304 / unit.utf8.count).utf8)
        for source in [EventFile.Source.handler("Acme"), .agent] {
            #expect(throws: FileRejection.self) { try EventFiles.validate(bytes, of: EventFiles.file(source)) }
        }
    }
    let elements = Array(String(repeating: "<a>", count: 1_398_101).utf8)
    #expect(throws: FileRejection.self) { try EventFiles.validate(elements, of: EventFiles.file(.agent)) }
}

@Test func theLimitsAreThoseGiven() throws {
    var limits = ValidationLimits()
    limits.messageLength = 3
    limits.eventLength = 60
    limits.nesting = 1
    limits.keptRejections = 0
    let file = try EventFiles.validate(EventFiles.event(), limits: limits)
    #expect(try EventFiles.only(file)[.message] == "hel")
    #expect(throws: FileRejection.self) { try EventFiles.validate("[{}]", limits: limits) }
    let rejected = try EventFiles.validate("{}", limits: limits)
    #expect(rejected.rejections.isEmpty)
    #expect(rejected.rejected == [.missingKey(.message): 1])
    limits.fileSize = 1
    #expect(throws: FileRejection.oversize(size: 2, limit: 1)) { try EventFiles.validate("{}", limits: limits) }
}
