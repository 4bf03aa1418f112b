import TelemetryEvents
import Testing

private func members(_ text: String) -> TextMembers? {
    Array(text.utf8).withUnsafeBytes { TextMembers($0) }
}

@Test func theTextsOfAnObjectAreReadByNameAndAllElseIsPassed() throws {
    let object = try #require(members(#"{"a": "x\n\u00e9", "b": 1, "c": {"a": "y"}, "d": null, "é\"": "z", "a2": ""}"#))
    #expect(object["a"] == "x\né")
    #expect(object["b"] == nil && object["c"] == nil && object["d"] == nil)
    #expect(object["é\""] == "z")
    #expect(object["a2"]?.isEmpty == true)
}

@Test(arguments: ["", "[]", "5", "{", "{\"a\": \"b\"} x", "{\"a\": }"])
func whatIsNoWholeObjectHasNoMembers(text: String) {
    #expect(members(text) == nil)
}
