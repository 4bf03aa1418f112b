import Testing

@testable import Systemd

@Suite struct JournalEntryTests {
    @Test func fieldsAreNameAndValueWhateverTheValueHolds() {
        var entry = JournalEntry()
        entry.append("MESSAGE", [0, 10, 61, 255][...])
        entry.append("EMPTY", [][...])
        entry.append("WRITTEN") { $0 += [1, 2] }
        entry.append("PLAIN", "é")
        let expected: [[UInt8]] = [
            Array("MESSAGE=".utf8) + [0, 10, 61, 255], Array("EMPTY=".utf8), Array("WRITTEN=".utf8) + [1, 2],
            Array("PLAIN=é".utf8),
        ]
        #expect(entry.fields.map(Array.init) == expected)
    }

    @Test func anEntryBeginsEmptyAgain() {
        var entry = JournalEntry()
        entry.append("A", "1")
        entry.removeAll()
        entry.append("B", "2")
        #expect(entry.fields.map { String(decoding: $0, as: UTF8.self) } == ["B=2"])
    }
}
