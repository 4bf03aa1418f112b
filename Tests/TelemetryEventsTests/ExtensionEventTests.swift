import TelemetryEvents
import Testing

@Test func anEventBecomesItsParametersInTheChannelsOrder() throws {
    let file = try EventFiles.validate(EventFiles.event())
    let event = try #require(file.events.first)
    #expect(event.eventID == 7)
    #expect(event.providerID == "FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F")
    #expect(
        EventFiles.parameters(event) == [
            "GAVersion='Telltale-1'", "OpcodeName='1970-01-01T00:00:00.000000Z'", "EventTid='34'", "EventPid='12'",
            "TaskName='Install'", "RAM=2048", "EventName='Acme-1.2'", "CapabilityUsed='Error'", "Context1='hello'",
            "Context2='2024-11-01T14:48:31Z'", "Context3='op'",
        ])
    #expect(file.rejected.isEmpty)
}

@Test func keysAreMatchedWithoutRegardToASCIICaseOnly() throws {
    let upper = EventFiles.event().replacing("Message", with: "MESSAGE").replacing("TaskName", with: "tAsKnAmE")
    #expect(try EventFiles.only(EventFiles.validate(upper))[.message] == "hello")
    // U+017F folds to s in Unicode, not in ASCII.
    let folded = EventFiles.event().replacing("Message", with: "Meſsage")
    #expect(try EventFiles.validate(folded).rejected == [.missingKey(.message): 1])
}

@Test func eachNameIsMatchedWhole() throws {
    for field in ExtensionEvent.Field.allCases {
        for place in 0..<field.name.count {
            var letters = Array(field.name)
            letters[place] = letters[place] == "x" ? "y" : "x"
            let renamed = EventFiles.event([field.name: nil, String(letters): "\"x\""])
            #expect(try EventFiles.validate(renamed).rejected == [.missingKey(field): 1])
        }
    }
}

@Test func aKeyWithEscapesStillMatches() throws {
    let escaped = EventFiles.event(["Message": nil, "\\u004dess\\u0061ge": "\"found\""])
    #expect(try EventFiles.only(EventFiles.validate(escaped))[.message] == "found")
}

@Test func theLastDuplicateInTheTextWins() throws {
    let text = EventFiles.event().dropLast() + ",\"MESSAGE\":\"second\",\"Message\":\"third\"}"
    #expect(try EventFiles.only(EventFiles.validate(String(text)))[.message] == "third")
    let cased = EventFiles.event().dropLast() + ",\"MESSAGE\":\"upper\"}"
    #expect(try EventFiles.only(EventFiles.validate(String(cased)))[.message] == "upper")
}

@Test func onlyTheLastDuplicateIsJudged() throws {
    let repaired = EventFiles.event(["Message": "null"]).dropLast() + ",\"message\":\"good\"}"
    #expect(try EventFiles.only(EventFiles.validate(String(repaired)))[.message] == "good")
    let spoilt = EventFiles.event().dropLast() + ",\"message\":5}"
    #expect(try EventFiles.validate(String(spoilt)).rejected == [.invalidType(.message, expected: "text"): 1])
}

@Test func unknownKeysArePassedWhateverTheyHold() throws {
    let digits = String(repeating: "9", count: 10_000)
    for value in [
        "null", "[]", "{}", "[1,{\"a\":[true,\"x\\\\\"]}]", "-0.5e+9", digits, "\"\\ud800\"", "{\"Message\":1}",
    ] {
        let event = EventFiles.event(["Anything": value])
        #expect(try EventFiles.only(EventFiles.validate(event))[.message] == "hello", "\(value.prefix(20))")
    }
}

@Test func idsMayBeIntegersOfAnyLength() throws {
    let long = String(repeating: "1234567890", count: 50)
    for (written, read) in [("7", "7"), ("-7", "-7"), ("0", "0"), ("-0", "0"), (long, long)] {
        let event = try EventFiles.only(EventFiles.validate(EventFiles.event(["EventPid": written])))
        #expect(event[.eventPid].description == read)
    }
}

@Test func halfASurrogatePairBecomesTheReplacementCharacter() throws {
    #expect(try EventFiles.message("a\\ud83d") == "a\u{FFFD}")
    #expect(try EventFiles.message("\\ude80b") == "\u{FFFD}b")
    #expect(try EventFiles.message("\\ud83d\\ud83d\\ude80") == "\u{FFFD}🚀")
    #expect(try EventFiles.message("\\ud83dx\\ude80") == "\u{FFFD}x\u{FFFD}")
    #expect(try EventFiles.message("\\uD83D\\uDE80") == "🚀")
}

@Test func escapesBecomeTheirCharacters() throws {
    #expect(try EventFiles.message("a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC.") == "a\"\\/\u{8}\u{C}\n\r\tAé€.")
    #expect(try EventFiles.message("a\\u0000b") == "a\0b")
}

@Test func aByteOrderMarkIsPassed() throws {
    let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array(EventFiles.event().utf8)
    #expect(try EventFiles.only(EventFiles.validate(bytes))[.message] == "hello")
}

@Test func everyElementOfAListIsAnEventAndKeepsItsIndex() throws {
    let event = EventFiles.event()
    let file = try EventFiles.validate(" [ \(event) , 1, \(event)\n,[],\(event)] ")
    #expect(file.events.map(\.index) == [0, 2, 4])
    #expect(file.rejected == [.notAnObject: 2])
    #expect(file.rejections.map(\.index) == [1, 3])
    #expect(try EventFiles.validate("[]").events.isEmpty)
}

@Test func anyOtherValueIsOneEventThatIsNoObject() throws {
    for text in ["1", "\"text\"", "null", "true", " false ", "-1.5e3"] {
        let file = try EventFiles.validate(text)
        #expect(file.rejected == [.notAnObject: 1])
        #expect(file.rejections.map(\.index) == [0])
    }
}

@Test func eventsOfOneFileDoNotMixTheirTexts() throws {
    let events = (0..<50).map { EventFiles.event(["Message": "\"m\($0)\"", "Version": "\"\($0)\""]) }
    let file = try EventFiles.validate("[" + events.joined(separator: ",") + "]")
    for (number, event) in file.events.enumerated() {
        guard case .extensionEvent(let content) = event.content else { continue }
        #expect(content[.message].description == "m\(number)")
        #expect(content.eventName.description == "Acme-\(number)")
        #expect(content[.version].description == "\(number)")
    }
    #expect(file.events.count == 50)
}

extension String {
    fileprivate func replacing(_ part: String, with other: String) -> String {
        var result = ""
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(part) {
                result += other
                rest = rest.dropFirst(part.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }
}
