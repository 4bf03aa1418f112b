import Configuration
import Testing

private func layer(_ text: String) -> SettingLayer {
    SettingLayer(file: Array(text.utf8), at: "t.conf")
}

@Test(
    arguments: [
        ("cap = 5", .cap, .number(5), 1),
        ("cap=5", .cap, .number(5), 1),
        ("\n\n \t cap \t=\t 5 \t\r\n", .cap, .number(5), 3),
        ("\u{FEFF}cap = 5", .cap, .number(5), 1),
        ("cap = 5 # a comment", .cap, .number(5), 1),
        ("# cap = 4\n  # cap = 3\ncap = 5", .cap, .number(5), 3),
        ("cap = \"5\"", .cap, .number(5), 1),
        ("spool-dir = /a#b c", .spoolDir, .text("/a#b c"), 1),
        ("spool-dir = \" /a # b \"  # a comment", .spoolDir, .text(" /a # b "), 1),
        ("spool-dir = /a=b", .spoolDir, .text("/a=b"), 1),
        ("spool-dir = /é\u{301}", .spoolDir, .text("/é\u{301}"), 1),
        ("over-cap = hold", .overCap, .text("hold"), 1),
        ("agent-events = off", .agentEvents, .text("off"), 1),
        ("ndjson = -", .ndjson, .text("-"), 1),
        ("sink = journal", .sink, .words(["journal"]), 1),
        ("sink = ndjson, journal", .sink, .words(["ndjson", "journal"]), 1),
        ("sink = ndjson journal", .sink, .words(["ndjson", "journal"]), 1),
        ("sink = ndjson\nsink = journal", .sink, .words(["ndjson", "journal"]), 1),
    ] as [(String, Setting.Key, SettingValue, Int)])
func aLineSetsAValueAndIsItsSource(text: String, key: Setting.Key, value: SettingValue, line: Int) {
    let layer = layer(text)
    #expect(layer.problems == [])
    #expect(layer.entries.count == 1)
    #expect(layer.entries[key]?.value == value)
    #expect(layer.entries[key]?.source == .file(path: "t.conf", line: line))
}

@Test(arguments: ["", "\n\n", "# nothing", " \t\r\n#", "\u{FEFF}"])
func whatSetsNothingIsNoProblem(text: String) {
    let layer = layer(text)
    #expect(layer.problems == [])
    #expect(layer.entries.isEmpty)
}

@Test(arguments: [
    ("cap = 0", "t.conf:1: cap is 0; 1 to 1000000000 events were expected"),
    ("cap = 1000000001", "t.conf:1: cap is 1000000001; 1 to 1000000000 events were expected"),
    ("cap = 99999999999999999999", "t.conf:1: cap is 99999999999999999999; 1 to 1000000000 events were expected"),
    ("cap = +5", "t.conf:1: cap is +5; 1 to 1000000000 events were expected"),
    ("cap = 5 events", "t.conf:1: cap is 5 events; 1 to 1000000000 events were expected"),
    ("cap = ٥", "t.conf:1: cap is ٥; 1 to 1000000000 events were expected"),
    ("cap =", "t.conf:1: cap is empty; 1 to 1000000000 events were expected"),
    ("\nperiod = 5m", "t.conf:2: period is 5m; 1 to 31622400 seconds were expected"),
    ("quiet-window = -1", "t.conf:1: quiet-window is -1; 0 to 60000 milliseconds were expected"),
    ("spool-dir = \"\"", "t.conf:1: spool-dir is empty; the path of a directory was expected"),
    ("report = # later", "t.conf:1: report is empty; the path of a file was expected"),
    ("ndjson =", "t.conf:1: ndjson is empty; the path of a file, or - for standard output, was expected"),
    ("waagent-conf =", "t.conf:1: waagent-conf is empty; the path of a file, or none, was expected"),
    ("over-cap = Drop", "t.conf:1: over-cap is Drop; drop or hold was expected"),
    ("agent-events = y", "t.conf:1: agent-events is y; on or off was expected"),
    ("sink = printer", "t.conf:1: sink is printer; journal, wireserver, otlp or ndjson was expected"),
    ("sink = ,", "t.conf:1: sink is ,; journal, wireserver, otlp or ndjson was expected"),
    ("sink = journal journal", "t.conf:1: sink names journal twice; name each once"),
    ("sink = journal\nsink = journal", "t.conf:2: sink names journal twice; name each once"),
    ("cap = 5\ncap = 5", "t.conf:2: cap stands on line 1 already; set it once"),
    ("perod = 5", "t.conf:1: perod is no setting; the nearest is period"),
    ("Cap = 5", "t.conf:1: Cap is no setting; the nearest is cap"),
    ("--spool_dir = /x", "t.conf:1: --spool_dir is no setting; the nearest is spool-dir"),
    ("colour = red", "t.conf:1: colour is no setting"),
    ("config = other.conf", "t.conf:1: config is no setting"),
    ("cap 5", "t.conf:1: \"cap 5\" has no =; a line is: key = value"),
    ("[telltale]", "t.conf:1: \"[telltale]\" has no =; a line is: key = value"),
    ("= 5", "t.conf:1: no key stands before =; a line is: key = value"),
    ("spool-dir = \"/a", "t.conf:1: the quote that the value of spool-dir begins with is not closed"),
    (
        "spool-dir = \"/a\" /b",
        "t.conf:1: \"/b\" stands behind the closing quote of spool-dir; only a comment may"
    ),
    ("spool-dir = /a\u{0}b", "t.conf:1: the line holds a control character"),
    ("cap = 5\r6", "t.conf:1: cap is 5\u{FFFD}6; 1 to 1000000000 events were expected"),
])
func whatIsWrongIsToldInOneSentenceWithItsPlace(text: String, sentence: String) {
    let layer = layer(text)
    #expect(layer.problems.map(\.description) == [sentence])
    #expect(layer.problems.allSatisfy { !$0.isUsage })
}

@Test func allThatIsWrongIsToldAtOnce() {
    let layer = layer("cap = 0\nperiod = 60\nperod = 1\nnothing\n")
    #expect(
        layer.problems.map(\.place) == [1, 3, 4].map { SettingProblem.Place.line(path: "t.conf", $0) })
    #expect(layer.entries[.period]?.value == .number(60))
}

@Test func aLineThatIsNotUTF8IsToldAndTheOthersAreRead() {
    let layer = SettingLayer(
        file: Array("cap = 5\nspool-dir = /".utf8) + [0xFF, 0x0A] + Array("period = 7".utf8), at: "t.conf")
    #expect(layer.problems.map(\.description) == ["t.conf:2: the line is not UTF-8"])
    #expect(layer.entries.keys.count == 2)
}

@Test func aFileOfTheLargestSizeIsReadAndOneByteMoreIsNot() {
    let largest = SettingLayer.largestFile
    let text = Array("cap = 5\n#".utf8)
    let fits = text + Array(repeating: UInt8(ascii: "x"), count: largest - text.count)
    #expect(SettingLayer(file: fits, at: "t.conf").entries[.cap]?.value == .number(5))
    let layer = SettingLayer(file: fits + [0x78], at: "t.conf")
    #expect(layer.problems.map(\.description) == ["t.conf: the file is larger than 65536 bytes, the most that is read"])
    #expect(layer.entries.isEmpty)
}

@Test func aLongValueIsCutInItsMessage() {
    let message = layer("over-cap = \(String(repeating: "x", count: 5000))").problems.map(\.description).joined()
    #expect(message.count < 250)
    #expect(message.contains("xxx…; drop or hold was expected"))
}

/// Each byte of a file takes each value that means something to a parser; a trap would end the test.
@Test func whateverOneByteBecomesEveryLineIsReadOrTold() {
    let sample = Array("# a\n\tcap = 5 # b\nspool-dir = \"/a b\" # c\n sink = journal , ndjson\n=\nx\n\"\n".utf8)
    for index in sample.indices {
        for byte in Array("\u{0}\t\n\r \"#,=a5".utf8) + [0x80, 0xC3, 0xEF, 0xFF] {
            var changed = sample
            changed[index] = byte
            let layer = SettingLayer(file: changed, at: "t.conf")
            let lines = changed.split(separator: 0x0A).count { line in
                line.first { ![0x20, 0x09, 0x0D].contains($0) }.map { $0 != UInt8(ascii: "#") } ?? false
            }
            // One line may give both, a list that names a word twice.
            #expect(layer.entries.count + layer.problems.count >= lines, "\(String(decoding: changed, as: UTF8.self))")
            let lenient = SettingLayer(waagentFile: changed, at: "t.conf")
            #expect(lenient.problems == [])
        }
    }
}
