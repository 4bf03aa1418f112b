import SystemCalls
import Testing

@testable import Collection

@Test(
    arguments: [
        ("1591905451.json", true), ("0.json", true), ("1.JSON", true), ("1.Json", true), ("1.jsoN", true),
        ("00012345678901234567890123456789.json", true),
        ("", false), (".json", false), ("1", false), ("1json", false), ("1.jso", false), ("1.json ", false),
        (" 1.json", false),
        ("1.json\n", false), ("1\n.json", false), ("1.json\0", false), ("-1.json", false), ("+1.json", false),
        ("1 .json", false),
        ("1.5.json", false), ("1.json.json", false), ("a.json", false), ("1a.json", false), ("1.json.tmp", false),
        // A control character that differs from the dot as capitals do from letters.
        ("1\u{0E}json", false), ("1.\u{0A}son", false), ("1.jSOn\u{301}", false),
        // Digits of other scripts, and the long s and Kelvin sign that fold to ASCII.
        ("١.json", false), ("１.json", false), ("²​.json", false), ("1.jſon", false), ("1.json", true),
    ] as [(String, Bool)])
func anExtensionsEventFileIsAsciiDigitsAndJson(name: String, isEventFile: Bool) {
    #expect(Publisher.handler("Acme").isEventFile(FileName(name.utf8)) == isEventFile)
}

@Test(
    arguments: [
        ("1591905451123456.tld", true), ("1.waagent.tld", true), ("x.tld", true), ("1.TLD", false), ("1.tld\n", false),
        ("1.tld.tmp", false), ("1.json", false), ("tld", false), ("1tld", false), ("", false),
    ] as [(String, Bool)])
func anAgentsEventFileEndsInTld(name: String, isEventFile: Bool) {
    #expect(Publisher.agent.isEventFile(FileName(name.utf8)) == isEventFile)
}

@Test func aNameOfBytesThatAreNoTextIsNoEventFile() {
    for byte in UInt8(0x80)...0xFF {
        #expect(!Publisher.handler("Acme").isEventFile(FileName([byte, 0x31] + Array(".json".utf8))))
        #expect(!Publisher.handler("Acme").isEventFile(FileName([0x31] + Array(".jso".utf8) + [byte])))
    }
}

@Test func aHandlersNameDoesNotBeginWithAHyphen() {
    #expect(Publisher.isHandlerName("Microsoft.Azure.Extension-1"))
    #expect(Publisher.isHandlerName("events"))
    #expect(!Publisher.isHandlerName("-") && !Publisher.isHandlerName("-Acme"))
}

@Test func theCapIsForExtensions() {
    #expect(Publisher.handler("Acme").isLimited && !Publisher.agent.isLimited)
}
