import TelemetryEvents
import Testing

@testable import Reporting

/// The excerpt around the byte marked with `@`, as it is printed.
private func printed(_ marked: String) -> [String] {
    let bytes = Array(marked.utf8)
    guard let offset = bytes.firstIndex(of: UInt8(ascii: "@")) else { return [] }
    return printed(Array(bytes[..<offset] + bytes[(offset + 1)...]), at: offset)
}

private func printed(_ bytes: [UInt8], at offset: Int) -> [String] {
    let line = bytes[..<offset].count { $0 == UInt8(ascii: "\n") } + 1
    let place = TextPlace(offset: offset, line: line, column: 1)
    return SourceExcerpt(of: bytes, at: place).lines(indentedBy: 2, style: .plain)
}

@Test(arguments: [
    ("@{}", ["  1 | {}", "    | ^"]),
    ("{\"a\": @1}\nnext", ["  1 | {\"a\": 1}", "    |       ^"]),
    ("one\n\n\n\n\n\n\n\n\n\tte@n", ["  10 |  ten", "     |    ^"]),
    ("\u{FEFF}[@1]", ["  1 | [1]", "    |  ^"]),
    ("windows @ends\r\nso", ["  1 | windows ends", "    |         ^"]),
    ("", []),
    ("@", ["  1 | ", "    | ^"]),
])
func theMarkStandsUnderThePlace(marked: String, expected: [String]) {
    #expect(printed(marked) == expected)
}

@Test(arguments: [
    // Wide, combining, emoji, half of a flag.
    ("日本@語", "日本語", 4), ("e\u{301}@x", "e\u{301}x", 1), ("🚀@x", "🚀x", 2), ("한@x", "한x", 2), ("ａ@x", "ａx", 2),
    ("é@x", "éx", 1), ("@日", "日", 0), ("\u{1F1E9}@x", "\u{1F1E9}x", 1),
    // What a terminal would obey, or show in another place or not at all.
    ("\u{1B}[31m@x", "␛[31mx", 5), ("\u{0}\u{7F}@x", "␀␡x", 2), ("\t\t@x", "  x", 2), ("\r@x", "␍x", 1),
    ("\u{9B}1m@x", "<U+009B>1mx", 10), ("\u{200B}@x", "<U+200B>x", 8), ("\u{202E}@x", "<U+202E>x", 8),
    ("\u{FEFF}\u{FEFF}@x", "<U+FEFF>x", 8), ("\u{E000}@x", "<U+E000>x", 8), ("\u{E0001}@x", "<U+E0001>x", 9),
    ("\u{2028}@x", "<U+2028>x", 8),
])
func everyCharacterTakesTheColumnsThatAreCounted(marked: String, text: String, columns: Int) {
    #expect(printed(marked) == ["  1 | \(text)", "    | " + String(repeating: " ", count: columns) + "^"])
}

@Test(arguments: [
    ([0xFF], "<0xFF>"), ([0xC3], "<0xC3>"), ([0xE2, 0x82], "<0xE2><0x82>"), ([0xED, 0xA0, 0x80], "<0xED><0xA0><0x80>"),
    ([0xC0, 0xAF], "<0xC0><0xAF>"), ([0xF0, 0x9F, 0x9A], "<0xF0><0x9F><0x9A>"), ([0x80], "<0x80>"),
])
func bytesThatAreNoUTF8AreShownAsNumbers(invalid: [UInt8], shown: String) {
    let bytes = Array("a".utf8) + invalid + Array("b".utf8)
    #expect(printed(bytes, at: 1) == ["  1 | a\(shown)b", "    |  ^"])
    #expect(printed(bytes, at: bytes.count - 1).first == "  1 | a\(shown)b")
}

@Test func ofALongLineAWindowIsShown() {
    let columns = SourceExcerpt.columns
    for before in [0, 1, 35, 36, 37, 71, 72, 73, 500, 100_000] {
        for after in [1, 2, 35, 36, 37, 71, 72, 73, 500, 100_000] {
            let left = String(repeating: "l", count: before)
            let right = "R" + String(repeating: "r", count: after - 1)
            let lines = printed(Array(("first\n" + left + right + "\nlast").utf8), at: 6 + before)
            #expect(lines.count == 2)
            let text = lines[0].dropFirst("  2 | ".count)
            #expect(text.count <= columns)
            let mark = lines[1].dropFirst("    | ".count).count - 1
            #expect(text[text.index(text.startIndex, offsetBy: mark)] == "R")
            #expect(text.hasPrefix("…") == (mark < before), "\(before) \(after)")
            #expect(text.hasSuffix("…") == (text.count - mark < after), "\(before) \(after)")
            if before + after <= columns { #expect(text == left + right) }
        }
    }
}

@Test func aWindowOfWideCharactersIsNoWider() {
    let text = Array((String(repeating: "日", count: 500) + "x" + String(repeating: "本", count: 500)).utf8)
    let lines = printed(text, at: 1500)
    #expect(lines[0] == "  1 | …" + String(repeating: "日", count: 17) + "x" + String(repeating: "本", count: 17) + "…")
    #expect(lines[1] == "    | " + String(repeating: " ", count: 35) + "^")
}

@Test func marksWithoutEndTakeABoundedRoom() {
    let marks = Array(
        (String(repeating: "\u{301}", count: 1_000_000) + "x" + String(repeating: "\u{301}", count: 1_000_000)).utf8)
    let lines = printed(marks, at: 2_000_000)
    #expect(lines.joined().utf8.count < 2000)
}

@Test func whereTheLineIsEmptyTheOneBeforeIsShown() {
    #expect(printed("{\n  \"a\": 1\n@") == ["  2 |   \"a\": 1", "  3 | ", "    | ^"])
    #expect(printed("1\n2\n3\n4\n5\n6\n7\n8\n{\n@") == ["   9 | {", "  10 | ", "     | ^"])
}

@Test func aPlaceBeyondTheTextIsItsEnd() {
    let place = TextPlace(offset: 99, line: 1, column: 100)
    #expect(
        SourceExcerpt(of: Array("ab".utf8), at: place).lines(indentedBy: 0, style: .plain) == ["1 | ab", "  |   ^"])
}
