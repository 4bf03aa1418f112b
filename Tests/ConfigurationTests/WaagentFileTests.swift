import Configuration
import Testing

private func layer(_ text: String) -> SettingLayer {
    SettingLayer(waagentFile: Array(text.utf8), at: "w.conf")
}

@Test(
    arguments: [
        ("Extension.LogDir=/var/log/other", .extensionLogDir, .text("/var/log/other")),
        ("Extension.LogDir = \"/var/log/other\" # moved", .extensionLogDir, .text("/var/log/other")),
        ("Extension.LogDir=/a#b", .extensionLogDir, .text("/a")),
        ("Extension.LogDir=/a=b", .extensionLogDir, .text("/a=b")),
        ("Lib.Dir=/srv/agent", .agentEventsDir, .text("/srv/agent/events")),
        ("Lib.Dir=/srv/agent/", .agentEventsDir, .text("/srv/agent/events")),
        ("Debug.EtpCollectionPeriod=60", .period, .number(60)),
    ] as [(String, Setting.Key, SettingValue)])
func theAgentsKeysAreOurs(text: String, key: Setting.Key, value: SettingValue) {
    let layer = layer("# a comment\n\(text)\n")
    #expect(layer.warnings == [])
    #expect(layer.entries.count == 1)
    #expect(layer.entries[key]?.value == value)
    let name = String(text.prefix { $0 != "=" && $0 != " " })
    #expect(layer.entries[key]?.source == .waagent(key: name, path: "w.conf", line: 2))
}

@Test(arguments: [
    "Logs.Verbose=n\nExtensions.Enabled=maybe\nnonsense\n=\n", "#Lib.Dir=/x", "Lib.Dir=None", "lib.dir=/x",
    "Extension.LogDir", "",
])
func whatIsNotOursOrNotSetIsPassedOver(text: String) {
    let layer = layer(text)
    #expect(layer.entries.isEmpty)
    #expect(layer.warnings == [])
    #expect(layer.problems == [])
}

@Test func ofSeveralLinesTheLastCounts() {
    let layer = layer("Lib.Dir=/a\nDebug.EtpCollectionPeriod=60\nLib.Dir=/b\nDebug.EtpCollectionPeriod=None\n")
    #expect(layer.entries[.agentEventsDir]?.value == .text("/b/events"))
    #expect(layer.entries[.period] == nil)
}

@Test(arguments: [
    (
        "Debug.EtpCollectionPeriod=often",
        "w.conf:1: Debug.EtpCollectionPeriod is often; 1 to 31622400 seconds were expected"
    ),
    ("Debug.EtpCollectionPeriod=0", "w.conf:1: Debug.EtpCollectionPeriod is 0; 1 to 31622400 seconds were expected"),
    ("Extension.LogDir=", "w.conf:1: Extension.LogDir is empty; the path of a directory was expected"),
    ("Lib.Dir=\"\"", "w.conf:1: Lib.Dir is empty; the path of a directory was expected"),
    // To the kernel, a path would end there.
    ("Extension.LogDir=/var\u{0}/log", "w.conf:1: the line holds a control character"),
])
func aWrongValueInTheAgentsFileIsAWarning(text: String, sentence: String) {
    let layer = layer(text)
    #expect(layer.warnings.map(\.description) == [sentence])
    #expect(layer.problems == [])
    #expect(layer.entries.isEmpty)
}

@Test func aValueInTheAgentsFileThatIsNotUTF8IsAWarningAndOtherLinesAreNotLookedAt() {
    let bytes = Array("Other=/".utf8) + [0xFF, 0x0A] + Array("Lib.Dir=/".utf8) + [0xFF, 0x0A]
    let layer = SettingLayer(waagentFile: bytes, at: "w.conf")
    #expect(layer.warnings.map(\.description) == ["w.conf:2: the line is not UTF-8"])
    #expect(layer.entries.isEmpty)
}

@Test func anAgentsFileThatIsTooLargeIsAWarning() {
    let layer = SettingLayer(waagentFile: Array(repeating: 0x0A, count: SettingLayer.largestFile + 1), at: "w.conf")
    #expect(layer.warnings.map(\.description) == ["w.conf: the file is larger than 65536 bytes, the most that is read"])
}
