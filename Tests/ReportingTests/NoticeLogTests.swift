import SystemCalls
import SystemPackage
import Testing

@testable import Reporting
@testable import Systemd

@Suite struct NoticeLogTests {
    private func read(_ end: FileDescriptor) throws -> String {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = try buffer.withUnsafeMutableBytes { try end.read(into: $0) }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    @Test(arguments: [(true, "<4>telltale: m\n"), (false, "telltale: m\n")])
    func aNoticeIsALine(hasPriorities: Bool, line: String) throws {
        let pipe = try FileDescriptor.pipe()
        let descriptor = OwnedDescriptor(owning: pipe.writeEnd.rawValue)
        let log = NoticeLog(to: NoticeLines(to: descriptor, hasPriorities: hasPriorities))
        log.tell(Notice(.capReached, about: "h", "m"), now: 1)
        #expect(try read(pipe.readEnd) == line)
        try pipe.readEnd.close()
    }

    @Test func theNextNoticeSaysHowManyWereLeftOut() throws {
        let pipe = try FileDescriptor.pipe()
        let descriptor = OwnedDescriptor(owning: pipe.writeEnd.rawValue)
        let log = NoticeLog(to: NoticeLines(to: descriptor, hasPriorities: false))
        for now in [0, 1, 2, 3, 10] as [UInt64] { log.tell(Notice(.collected, about: "h", "m"), every: 10, now: now) }
        #expect(try read(pipe.readEnd) == "telltale: m\ntelltale: m (3 more like this since the last)\n")
        try pipe.readEnd.close()
    }

    @Test func aReaderThatReadsNoMoreBlocksNobodyAndLearnsWhatItMissed() throws {
        let pipe = try FileDescriptor.pipe()
        let descriptor = OwnedDescriptor(owning: pipe.writeEnd.rawValue)
        let log = NoticeLog(to: NoticeLines(to: descriptor, hasPriorities: false))
        let long = String(repeating: "x", count: 3000)
        for _ in 0..<1000 { log.tell(Notice(.started, about: "h", long), now: 1) }
        let first = try read(pipe.readEnd)
        log.tell(Notice(.started, about: "h", "m"), now: 1)
        let whole = first.utf8.count { $0 == UInt8(ascii: "\n") }
        #expect(try read(pipe.readEnd).hasSuffix("telltale: m (\(1000 - whole) lines lost: nobody read them)\n"))
        try pipe.readEnd.close()
    }

    @Test func publishersNamesCommandNoTerminalAndAMessageHasABound() {
        let text = NoticeText("a\u{1B}[2Jb\nc\u{9B}d\u{7F}", leftOut: .init()).text
        #expect(text == "a\u{FFFD}[2Jb c\u{FFFD}d\u{FFFD}")
        let long = NoticeText(String(repeating: "é", count: 5000), leftOut: .init()).text
        #expect(long.utf8.count <= NoticeText.longest + 3)
        #expect(long.hasSuffix("é…"))
    }

    @Test func anEntryHasTheFieldsThatOperatorsLookFor() {
        let notice = Notice(.sinkFailing, about: "otlp", "m", fields: [("TELLTALE_SINK", "otlp")])
        let entry = NoticeWriter.entry(for: notice, text: "m", leftOut: .init(aboutSubject: 2, aboutOthers: 1))
        #expect(
            entry.fields.map { String(decoding: $0, as: UTF8.self) } == [
                "MESSAGE=m", "MESSAGE_ID=e570226f3f322257399cccd34f3f59b9", "PRIORITY=4", "SYSLOG_IDENTIFIER=telltale",
                "TELLTALE_NOTICE=sinkFailing", "TELLTALE_SUBJECT=otlp", "TELLTALE_LEFT_OUT=3", "TELLTALE_SINK=otlp",
            ])
    }

    @Test func eachKindHasAMessageIDOfItsOwn() {
        let identifiers = Notice.Kind.allCases.map(\.messageID)
        #expect(Set(identifiers).count == identifiers.count)
        #expect(identifiers.allSatisfy { $0.count == 32 && $0.allSatisfy { "0123456789abcdef".contains($0) } })
    }
}
