import TelemetryEvents
import Testing

private let provider = "69B669B9-4AF8-4C50-BDC4-6006FA76E975"

private func event(_ parameters: String, id: String = "1", provider: String = "\"\(provider)\"") -> String {
    "{\"eventId\": \(id), \"providerId\": \(provider), \"parameters\": [\(parameters)]}"
}

private func parameter(_ name: String, _ value: String) -> String { "{\"name\": \"\(name)\", \"value\": \(value)}" }

@Test func aCurrentEventIsPassedOnAsItStands() throws {
    let file = try EventFiles.agent(event(parameter("Name", "\" Other \"") + "," + parameter("Custom", "1"), id: "42"))
    #expect(try EventFiles.parameters(file) == ["Name=' Other '", "Custom=1"])
    #expect(file.events.first?.eventID == 42)
    #expect(file.events.first?.providerID.description == provider)
    #expect(file.events.first?.index == 0)
}

@Test(
    arguments: [
        ("\"s\"", "'s'"), ("\"\"", "''"), ("5", "5"), ("-3", "-3"), ("-0", "0"), ("true", "true"), ("false", "false"),
        ("1.5", "float 1.5"), ("1e+20", "float 1e+20"), ("-0.0", "float -0.0"), ("null", "json null"),
        ("[ 1, \"x\" , [ null ] ]", "json [1,\"x\",[null]]"), ("{ \"k\" : 2 }", "json {\"k\":2}"), ("[ ]", "json []"),
        ("123456789012345678901234567890", "123456789012345678901234567890"), ("1e999", "json 1e999"),
        ("\"\\ud800\"", "'\u{FFFD}'"), ("[\"\\udfff\\u0001\\\"\\\\\\/\"]", "json [\"\u{FFFD}\\u0001\\\"\\\\/\"]"),
    ])
func aValueKeepsItsTypeOfJSON(written: String, read: String) throws {
    #expect(try EventFiles.parameters(EventFiles.agent(event(parameter("P", written)))) == ["P=\(read)"])
}

@Test func everyTextOfAnAgentEventIsRedacted() throws {
    let url = "https://h/?sig=SECRET"
    let text = event(
        [
            parameter("Message", "\"got \(url) ok\""), parameter("Other", "[{\"\(url)\": \"\(url)\"}]"),
            parameter(url, "1"),
        ].joined(separator: ","), provider: "\"\(url)\"")
    let file = try EventFiles.agent(text)
    #expect(
        try EventFiles.parameters(file) == [
            "Message='got https://h/?<redacted> ok'",
            "Other=json [{\"https://h/?<redacted>\":\"https://h/?<redacted>\"}]", "https://h/?<redacted>=1",
        ])
    #expect(file.events.first?.providerID == "https://h/?<redacted>")
}

@Test func onlyKnownKeysOfAnAgentEventAreReadAndTheLastCounts() throws {
    let text = """
        {"eventId": 9, "EventId": 99, "extra": {"a": 1}, "providerId": 5, "file_type": "zip",
         "parameters": [{"name": "gone", "value": 1}], "eventId": 1, "provider\\u0049d": "p",
         "parameters": [{"name": "x", "name": "A", "value": 0, "value": "v", "unit": "ms", "Value": 3}]}
        """
    let file = try EventFiles.agent(text)
    #expect(try EventFiles.parameters(file) == ["A='v'"])
    #expect(file.events.first?.eventID == 1)
    #expect(file.events.first?.providerID == "p")
}

@Test func anEventNumberMayBeDigitsInText() throws {
    for (written, number) in [("\"7\"", 7), ("\"007\"", 7), ("-1", -1), ("9223372036854775807", Int64.max)] {
        #expect(try EventFiles.agent(event("", id: written)).events.first?.eventID == number)
    }
}

@Test func anEventWhoseIdsAreUnusableIsCounted() throws {
    func codes(_ text: String) throws -> [Rejection.Code] { try EventFiles.agent(text).rejections.map(\.code) }
    let number = Rejection.Code.invalidAgentEvent(property: "eventId", expected: "an integer or digits")
    for id in ["null", "true", "1.0", "\"\"", "\"x\"", "\"-7\"", "\"1 \"", "9223372036854775808", "[]"] {
        #expect(try codes(event("", id: id)) == [number], "\(id)")
    }
    #expect(try codes("{}") == [number])
    let text = Rejection.Code.invalidAgentEvent(property: "providerId", expected: "text")
    for provider in ["5", "null", "[]"] { #expect(try codes(event("", provider: provider)) == [text]) }
    #expect(try codes("{\"eventId\": 1}") == [text])
    #expect(try codes("[]") == [.notAnObject])
}

@Test func anAgentEventWhoseParametersAreUnusableIsCounted() throws {
    func codes(_ parameters: String) throws -> [Rejection.Code] {
        try EventFiles.agent("{\"eventId\": 1, \"providerId\": \"p\", \"parameters\": \(parameters)}").rejections.map(
            \.code)
    }
    #expect(try codes("5") == [.invalidAgentEvent(property: "parameters", expected: "a list")])
    #expect(try codes("[5]") == [.invalidAgentEvent(property: "parameters", expected: "a list of objects")])
    #expect(try codes("[{\"value\": 1}]") == [.invalidAgentEvent(property: "name", expected: "text")])
    #expect(try codes("[{\"name\": 1, \"value\": 1}]") == [.invalidAgentEvent(property: "name", expected: "text")])
    #expect(try codes("[]").isEmpty)
}

@Test func anAgentEventLacksItsParametersOrAValueWithoutHarm() throws {
    #expect(try EventFiles.parameters(EventFiles.agent("{\"eventId\": 1, \"providerId\": \"p\"}")) == [])
    #expect(try EventFiles.parameters(EventFiles.agent(event("{\"name\": \"A\"}"))) == ["A=json null"])
}

@Test(arguments: ["5", "null", "false", "1.5", "[\"m\"]", "{\"m\":1}"])
func aMessageThatIsNoTextKeepsItsEvent(message: String) throws {
    for name: UTF8Text in ["1.tld", "1.waagent.tld"] {
        let text = event(parameter("Name", "\"Acme\"") + "," + parameter("Message", message))
        let parameters = try EventFiles.parameters(EventFiles.agent(text, name: name))
        #expect(parameters.contains { $0.hasPrefix("Message=") && $0.hasSuffix(message) }, "\(parameters)")
    }
}

@Test func aRejectedAgentEventHasItsPlace() throws {
    let file = try EventFiles.agent("\n {\"eventId\": null}")
    #expect(file.rejections.map(\.place) == [TextPlace(offset: 14, line: 2, column: 14)])
    let missing = try EventFiles.agent("\n {\"eventId\": 1}")
    #expect(missing.rejections.map(\.place) == [TextPlace(offset: 2, line: 2, column: 2)])
}

@Test(.timeLimit(.minutes(30)))
func aNumberOfFourMebibytesIsRead() throws {
    let digits = String(repeating: "1", count: 4_000_000)
    for number in [digits, "0." + digits, digits + ".0", "1e" + digits] {
        #expect(try EventFiles.agent(event(parameter("P", number))).events.count == 1)
    }
}
