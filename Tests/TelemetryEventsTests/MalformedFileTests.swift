import TelemetryEvents
import Testing

/// The rejection of a file that must be malformed.
private func fault(_ bytes: [UInt8], of source: EventFile.Source = .handler("Acme")) -> Malformed? {
    do {
        _ = try EventFiles.validate(bytes, of: EventFiles.file(source))
        return nil
    } catch .malformed(let place, let reason, let isIncomplete) {
        return Malformed(place: place, reason: reason, isIncomplete: isIncomplete)
    } catch {
        return nil
    }
}

private func fault(_ text: String) -> Malformed? { fault(Array(text.utf8)) }

private struct Malformed: Equatable {
    let place: TextPlace
    let reason: String
    let isIncomplete: Bool
}

@Test func everyProperPrefixOfAnEventIsIncomplete() {
    let changes = [
        "Message": "\"é\\u00e9\\n🚀\"", "EventPid": "-12", "Extra": "[true,false,null,-1.5e+3,{\"a\":{}}]",
    ]
    let event = Array("\u{FEFF} [\(EventFiles.event(changes)) , {}\n]".utf8)
    #expect(fault(event) == nil)
    for count in 0..<event.count {
        let found = fault(Array(event[..<count]))
        #expect(found?.isIncomplete == true, "\(count) bytes: \(found?.reason ?? "accepted")")
        #expect(found?.place.offset == count)
    }
}

@Test func anEmptyOrBlankFileIsIncomplete() {
    for text in ["", " ", "\n\t\r "] {
        #expect(fault(text)?.isIncomplete == true)
        #expect(fault(text)?.reason == "unexpected end of the file, a value was expected")
        #expect(fault(Array(text.utf8), of: .agent)?.isIncomplete == true)
    }
}

@Test(
    arguments: [
        ("[1,]", 3, "a value was expected, found ]"),
        ("{\"a\":1,}", 7, "a key in quotation marks was expected, found }"),
        ("[1 2]", 3, "a comma or ] was expected, found 2"),
        ("[1}", 2, "a comma or ] was expected, found }"),
        ("{\"a\" 1}", 5, "a colon was expected, found 1"),
        ("{\"a\":1]", 6, "a comma or } was expected, found ]"),
        ("{\"x\":{\"a\":1]}", 11, "a comma or } was expected, found ]"),
        ("{\"x\":[1}}", 7, "a comma or ] was expected, found }"),
        ("{a:1}", 1, "a key in quotation marks was expected, found a"),
        ("{} {}", 3, "the end of the file was expected, found {"),
        ("{}x", 2, "the end of the file was expected, found x"),
        ("NaN", 0, "a value was expected, found N"),
        ("{\"x\":Infinity}", 5, "a value was expected, found I"),
        ("[-Infinity]", 2, "a digit was expected, found I"),
        ("[01]", 2, "a comma or ] was expected, found 1"),
        ("[+1]", 1, "a value was expected, found +"),
        ("[.5]", 1, "a value was expected, found ."),
        ("[1.]", 3, "a digit was expected, found ]"),
        ("[1e]", 3, "a digit was expected, found ]"),
        ("[1e+]", 4, "a digit was expected, found ]"),
        ("[tru]", 4, "true was expected, found ]"),
        ("[nul1]", 4, "null was expected, found 1"),
        ("[True]", 1, "a value was expected, found T"),
        ("['a']", 1, "a value was expected, found '"),
        ("[\"a\nb\"]", 3, "an escaped control character was expected, found byte 0x0A"),
        ("[\"a\u{0}\"]", 3, "an escaped control character was expected, found byte 0x00"),
        ("[\"\\x41\"]", 3, "an escape (one of \"\\/bfnrtu) was expected, found x"),
        ("[\"\\u12g4\"]", 6, "a hexadecimal digit was expected, found g"),
        ("[1,\u{0C}2]", 3, "a value was expected, found byte 0x0C"),
        ("[1]\u{0}", 3, "the end of the file was expected, found byte 0x00"),
        ("// a\n[]", 0, "a value was expected, found /"),
    ])
func whatIsNoJSONIsToldWithItsPlace(text: String, offset: Int, reason: String) {
    let found = fault(text)
    #expect(found?.place.offset == offset)
    #expect(found?.reason == reason)
    #expect(found?.isIncomplete == false)
}

@Test func nothingOfAMalformedFileIsTaken() {
    #expect(fault("[\(EventFiles.event()),{\"a\":NaN}]") != nil)
    #expect(fault("\(EventFiles.event()) x") != nil)
}

@Test func aMalformedFileIsToldWithLineAndColumn() {
    let rejection = Result { () throws(FileRejection) in try EventFiles.validate("[\n \"é\" 1]") }
    guard case .failure(let fault) = rejection else {
        Issue.record("accepted")
        return
    }
    #expect(fault.description == "MalformedFileError: line 2, column 6: a comma or ] was expected, found 1")
}

@Test func whatMayNotStandInATextIsFoundAtEveryPlace() {
    for place in 0..<24 {
        let before = String(repeating: "x", count: place)
        let after = String(repeating: "y", count: 24 - place)
        for control in 0..<0x20 {
            let found = fault(Array("\"\(before)".utf8) + [UInt8(control)] + Array("\(after)\"".utf8))
            #expect(found?.place.offset == place + 1)
        }
        #expect(fault("\"\(before)\"\(after)\"")?.place.offset == place + 2)
        #expect(fault("\"\(before)\\!\(after)\"")?.place.offset == place + 2)
        #expect(fault(Array("\"\(before)".utf8) + [0xFF] + Array("\(after)\"".utf8))?.place.offset == place + 1)
        #expect(fault("\"\(before)\u{7F}\(after)\"") == nil)
    }
}

@Test func illFormedUTF8IsFoundInEveryClassOfBytes() {
    let illFormed: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2, 0x41], [0xC2, 0xC2], [0xE0, 0x9F, 0xBF], [0xE0, 0x80, 0x80],
        [0xE1, 0x80, 0x41], [0xE1, 0x41, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xEF, 0xBF, 0xC0],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF1, 0x80, 0x80, 0x41], [0xF4, 0x90, 0x80, 0x80],
        [0xF5, 0x80, 0x80, 0x80], [0xF8], [0xFC], [0xFE], [0xFF],
    ]
    let frames: [(before: String, after: String)] = [
        ("{\"Message\":\"abcdefgh", "ijklmnop\"}"), ("{\"k", "\":1}"), ("[{\"x\":[\"", "\"]}]"), ("", ""), ("[", "]"),
        ("{} ", ""),
    ]
    for bytes in illFormed {
        for frame in frames {
            for source in [EventFile.Source.handler("Acme"), .agent] {
                let before = Array(frame.before.utf8)
                let found = fault(before + bytes + Array((frame.after + " ").utf8), of: source)
                #expect(found?.reason.hasPrefix("well-formed UTF-8 was expected, found byte 0x") == true, "\(bytes)")
                #expect(found?.place.offset == before.count, "\(bytes)")
                #expect(found?.isIncomplete == false, "\(bytes)")
            }
        }
    }
}

@Test func aByteThatIsNoUTF8IsFoundAtEveryPlaceOfAFile() {
    let files: [(source: EventFile.Source, text: String)] = [
        (.handler("Acme"), "[\(EventFiles.event(["Extra": "[true,null,-1.5e+3,{\"a\\u0041\":\"\\n\"}]"])), 5 ]\n"),
        (.agent, "{\"eventId\":7,\"providerId\":\"p\",\"parameters\":[{\"name\":\"N\",\"value\":[false]}]} "),
        (.agent, "<Data><Provider id=\"P\"/><Event id=\"1\"><![CDATA[<Param Name=\"A\"/>]]></Event></Data>"),
    ]
    for (source, text) in files {
        let bytes = Array(text.utf8)
        #expect(fault(bytes, of: source) == nil)
        for place in source == .agent ? 1...bytes.count : 0...bytes.count {
            let found = fault(bytes[..<place] + [0xFF] + bytes[place...], of: source)
            #expect(found?.place.offset == place, "\(text) at \(place)")
            #expect(found?.reason == "well-formed UTF-8 was expected, found byte 0xFF")
        }
    }
}

@Test func theBoundsOfUTF8AreTaken() throws {
    let bounds: [UInt32] = [
        0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0xFFFFF, 0x10FFFF,
    ]
    for codePoint in bounds {
        let scalar = try #require(Unicode.Scalar(codePoint))
        #expect(try EventFiles.message("a\(Character(scalar))b") == "a\(Character(scalar))b")
    }
}

@Test func aSequenceThatTheFilesEndCutsIsIncomplete() {
    for bytes: [UInt8] in [[0xC3], [0xE2], [0xE2, 0x82], [0xF0], [0xF0, 0x9F], [0xF0, 0x9F, 0x9A], [0xED, 0x80]] {
        #expect(fault(Array("\"abc".utf8) + bytes)?.isIncomplete == true)
    }
    #expect(fault(Array("\"abc".utf8) + [0xED, 0xA0])?.isIncomplete == false)
    #expect(fault([0xEF, 0xBB])?.isIncomplete == true)
    #expect(fault([0xEF, 0xBB, 0x41])?.isIncomplete == false)
}
