import TelemetryEvents
import Testing

@Test(
    arguments: [
        "https://a/b?sig=x": "https://a/b?<redacted>",
        "http://a?SIG=x": "http://a?<redacted>",
        "HTTPS://A?Sv=1": "HTTPS://A?<redacted>",
        "see (https://a?comp=list&sv=1&sig=x) now": "see (https://a?<redacted> now",
        "https://a?x=1;sig=y": "https://a?<redacted>",
        "https://a?x=1&amp;sig=y": "https://a?<redacted>",
        "https://a?x=1#sig=y": "https://a?<redacted>",
        "https://a#f?sig=y": "https://a#f?<redacted>",
        "https://a?sig==": "https://a?<redacted>",
        "https://a?u=https://b?sig=x": "https://a?u=https://b?<redacted>",
        "https://a?u=https://b?z=1&sig=x": "https://a?<redacted>",
        "https://a?x=1?sig=y tail": "https://a?x=1?<redacted> tail",
        "xhttps://a?sig=y": "xhttps://a?<redacted>",
        "https://https://a?sig=y": "https://https://a?<redacted>",
        "https:///?sig=y": "https:///?<redacted>",
        "https://?sig=y": "https://?<redacted>",
        "https://a?sig=x https://b?sp=r\u{3000}https://c?q=1":
            "https://a?<redacted> https://b?<redacted>\u{3000}https://c?q=1",
        "https://a?q=1 https://b?st=2": "https://a?q=1 https://b?<redacted>",
        "https://é?é=1&sig=é é": "https://é?<redacted> é",
    ])
func aQueryThatHoldsASignatureIsTakenOut(text: String, expected: String) throws {
    #expect(try EventFiles.message(text) == expected)
}

@Test(
    arguments: [
        "https://a?id=5&q=sig", "https://a?sig=", "https://a?sig=&x=1", "https://a?sig", "https://a?sig=#f",
        "https://a?sig=;x", "https://a?sig= x",
        "https://a?xsig=1", "https://a?sigx=1", "https://a?s=1&s%69g=1", "ftp://a?sig=x", "https:/a?sig=x", "?sig=x",
        "https://a sig=x", "https://a ?sig=x", "https://a&sig=x", "http//a?sig=x", "https://", "https://?", "a?b",
        "https://a\u{A0}?sig=x", "https://a?x=1\u{2028}&sig=x", "httpx://a?sig=1",
    ])
func anyOtherTextStaysAsItIs(text: String) throws {
    #expect(try EventFiles.message(text) == text)
}

@Test func eachOfTheEightNamesIsKnown() throws {
    for name in ["sv", "st", "se", "sr", "sp", "sip", "spr", "sig"] {
        for spelling in [name, name.uppercased()] {
            #expect(try EventFiles.message("https://a?\(spelling)=1") == "https://a?<redacted>")
            #expect(try EventFiles.message("https://a?b=2&\(spelling)=1&c=3") == "https://a?<redacted>")
        }
    }
    for other in ["sa", "ss", "sks", "sid", "s", "sigs", "skoid"] {
        #expect(try EventFiles.message("https://a?\(other)=1") == "https://a?\(other)=1")
    }
}

@Test func whiteSpaceOfEveryKindEndsAURL() throws {
    for space in ["\\t", "\\n", "\\u001c", " ", "\u{85}", "\u{A0}", "\u{1680}", "\u{2003}", "\u{2029}", "\u{3000}"] {
        let message = try EventFiles.message("https://a?sig=x\(space)y")
        #expect(message.hasPrefix("https://a?<redacted>") && message.hasSuffix("y") && !message.contains("sig"))
    }
    // U+200B is none.
    #expect(try EventFiles.message("https://a?sig=x\u{200B}y") == "https://a?<redacted>")
}

@Test func escapesHideNoSignature() throws {
    for written in [
        "https:\\/\\/a?sig=x", "https://a\\u003fsig=x", "\\u0068ttps://a?sig=x", "https://a?\\u0073ig=x",
        "https://a?sig\\u003dx",
    ] {
        #expect(try EventFiles.message(written) == "https://a?<redacted>")
    }
}

@Test func everyFieldIsRedacted() throws {
    var changes: [String: String?] = [:]
    for field in ExtensionEvent.Field.allCases { changes[field.name] = "\"\(field.name) https://a/b?sig=SECRET\"" }
    let event = try EventFiles.only(EventFiles.validate(EventFiles.event(changes)))
    for field in ExtensionEvent.Field.allCases {
        #expect(event[field].description == "\(field.name) https://a/b?<redacted>")
    }
    #expect(event.eventName.description == "Acme-Version https://a/b?<redacted>")
}

@Test func aMessageIsRedactedBeforeItIsCut() throws {
    let padding = String(repeating: "x", count: 3060)
    let message = try EventFiles.message("\(padding)https://a?sig=SECRET")
    #expect(message == "\(padding)https://a?<r")
}

/// What takes time in proportion to the square of such a text does not end within a day, so the limit is no measure of
/// how quick the machine is.
@Test(
    .timeLimit(.minutes(30)),
    arguments: [
        "https://?", "https://a?sig=", "https://", "?", "&sig=", "https://a?sig=x ", "http:", "\u{2003}?", "://", "s",
    ])
func redactionTakesTimeInProportionToTheText(unit: String) throws {
    let prefix = "https://a?"
    let text = prefix + String(repeating: unit, count: 4_000_000 / unit.utf8.count)
    _ = try EventFiles.message(text)
}
