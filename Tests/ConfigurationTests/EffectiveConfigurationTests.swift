import Testing

@testable import Configuration

/// The layers of five sources that all set the period, and what each sets.
private let layers = [
    SettingLayer(options: [.period: ["1"]]),
    SettingLayer(environment: [("TELLTALE_PERIOD", "2")]),
    SettingLayer(file: Array("period = 3".utf8), at: "t.conf"),
    SettingLayer(waagentFile: Array("Debug.EtpCollectionPeriod=4".utf8), at: "w.conf"),
]

@Test(
    arguments: [
        (0, 1, .option), (1, 2, .environment), (2, 3, .file(path: "t.conf", line: 1)),
        (3, 4, .waagent(key: "Debug.EtpCollectionPeriod", path: "w.conf", line: 1)), (4, 300, .fallback),
    ] as [(Int, Int, ValueSource)])
func eachSourceBeatsTheNext(left: Int, value: Int, source: ValueSource) {
    let configuration = EffectiveConfiguration(layers: Array(layers[left...]))
    #expect(configuration.problems == [])
    #expect(configuration[.period] == .init(value: .number(value), source: source))
    // What depends on it follows.
    #expect(configuration[.residueAge] == .init(value: .number(value), source: .fallback))
}

private func configuration(_ options: [Setting.Key: [String]], file: String = "") -> EffectiveConfiguration {
    EffectiveConfiguration(layers: [SettingLayer(options: options), SettingLayer(file: Array(file.utf8), at: "t.conf")])
}

@Test func withoutASinkTheOneIsTakenThatHasAnOutput() {
    #expect(configuration([:]).sinks == [.journal])
    #expect(configuration([:]).ndjson == nil)
    #expect(configuration([:], file: "ndjson = /x").sinks == [.ndjson])
    #expect(configuration([.sink: ["ndjson"]]).ndjson == "-")
}

@Test func aSinkOfAStrongerSourcePutsAnOutputOutOfUse() {
    let configuration = configuration([.sink: ["journal"]], file: "ndjson = /x")
    #expect(configuration.problems == [])
    #expect(configuration.ndjson == nil)
}

@Test(
    arguments: [
        ([.maxDelay: ["2"]], "", "--max-delay (2 ms) is shorter than --quiet-window (5 ms); make it at least as long"),
        (
            [.maxDelay: ["2"]], "\nquiet-window = 3",
            "--max-delay (2 ms) is shorter than quiet-window in t.conf:2 (3 ms); make it at least as long"
        ),
        (
            [:], "sink = journal\nndjson = /x",
            "ndjson in t.conf:2 is given, but no sink in t.conf:1 is ndjson; add --sink ndjson or leave ndjson in t.conf:2 out"
        ),
        (
            [.extensionEvents: ["off"]], "agent-events = off",
            "--extension-events off and agent-events in t.conf:1 off leave nothing to collect; switch one on"
        ),
        (
            [.extensionLogDir: ["/l"], .agentEventsDir: ["/l/A/./events/"]], "",
            "--agent-events-dir (/l/A/./events/) is an extension's events directory below --extension-log-dir (/l); name different ones"
        ),
        (
            [.spoolDir: ["/a/b"], .agentEventsDir: ["/a/./c/../b/"]], "",
            "--spool-dir (/a/b) is --agent-events-dir (/a/./c/../b/); the spool needs a directory of its own"
        ),
        (
            [.spoolDir: ["/a/b/c"], .agentEventsDir: ["/a/b"]], "",
            "--spool-dir (/a/b/c) lies inside --agent-events-dir (/a/b); the spool needs a directory of its own"
        ),
        (
            [.spoolDir: ["/a"], .agentEventsDir: ["/a/agent"]], "",
            "--spool-dir (/a) holds --agent-events-dir (/a/agent); the spool needs a directory of its own"
        ),
        (
            [.spoolDir: ["/l"], .extensionLogDir: ["/l"]], "",
            "--spool-dir (/l) is --extension-log-dir (/l); the spool needs a directory of its own"
        ),
        (
            [.spoolDir: ["/l/A/events"], .extensionLogDir: ["/l"]], "",
            "--spool-dir (/l/A/events) lies in an events directory of --extension-log-dir (/l); the spool needs a directory of its own"
        ),
        (
            [.spoolDir: ["/l/A/events/x"], .extensionLogDir: ["/l"]], "",
            "--spool-dir (/l/A/events/x) lies in an events directory of --extension-log-dir (/l); the spool needs a directory of its own"
        ),
        (
            [.spoolDir: ["/s"], .extensionLogDir: ["/s/extensions"]], "",
            "--spool-dir (/s) holds --extension-log-dir (/s/extensions); the spool needs a directory of its own"
        ),
    ] as [([Setting.Key: [String]], String, String)])
func whatContradictsEachOtherIsNamedWithBothPlaces(options: [Setting.Key: [String]], file: String, sentence: String) {
    let problems = configuration(options, file: file).problems
    #expect(problems.map(\.description) == [sentence])
    // The command line alone is wrong only where nothing else takes part.
    #expect(problems.map(\.isUsage) == [file.isEmpty])
}

@Test(arguments: [
    ["/l/spool", "/l"], ["/l/A/spool", "/l"], ["/l/A/eventsx", "/l"], ["/logs", "/log"], ["/s", "/log"],
])
func aSpoolBesideTheEventsIsRight(paths: [String]) {
    #expect(configuration([.spoolDir: [paths[0]], .extensionLogDir: [paths[1]]]).problems == [])
}

@Test(arguments: ["/l/events", "/l/A/B/events", "/l/A/eventsx", "/la/A/events"])
func theAgentsEventsBesideThoseOfExtensionsAreRight(path: String) {
    #expect(configuration([.extensionLogDir: ["/l"], .agentEventsDir: [path]]).problems == [])
}

@Test func whatIsNotCollectedHoldsNoSpool() {
    let options: [Setting.Key: [String]] = [.spoolDir: ["/a/b"], .agentEventsDir: ["/a"], .agentEvents: ["off"]]
    #expect(configuration(options).problems == [])
}
