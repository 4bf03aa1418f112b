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

    @Test func whatIsBeyondTheBoundOfAKindIsToldTogetherWithExactCounts() throws {
        let pipe = try FileDescriptor.pipe()
        let descriptor = OwnedDescriptor(owning: pipe.writeEnd.rawValue)
        let log = NoticeLog(to: NoticeLines(to: descriptor, hasPriorities: false))
        let files = { (number: Int) in Notice(.fileRejected, about: "\(number)", "m", count: 3) }
        for number in 1...Repetition.perKind + 50 { log.tell(files(number), every: 10, now: 1) }
        log.tellLeftOut()
        log.tellLeftOut()
        // What was left out about a subject that is remembered waits for its next notice, which may never come.
        for _ in 1...4 { log.tell(files(1), every: 10, now: 2) }
        log.tellLeftOut()
        log.tellLast((1...Repetition.perKind + 2).map { files($0) }, now: 3)
        for _ in 1...5 { log.tell(files(1), every: 10, now: 4) }
        log.tellAllLeftOut()
        let lines = try read(pipe.readEnd).split(separator: "\n")
        #expect(lines.count == 2 * Repetition.perKind + 2)
        #expect(
            lines.filter { $0 != "telltale: m" } == [
                "telltale: 50 entries of this kind (fileRejected) were more than are written, about 150 events or files.",
                "telltale: m (4 more like this since the last)",
                "telltale: 7 entries of this kind (fileRejected) were more than are written, about 21 events or files.",
            ])
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
        let notice = Notice(
            .eventsRejected, about: "Acme", "m", count: 5,
            fields: [
                .handler("Acme"), .reason("EmptyMessageError"), .reason("MissingKeyError"), .errorNumber(.noSpace),
            ])
        let entry = NoticeEntries.entry(for: notice, text: "m", leftOut: .init(notices: 3, count: 7))
        #expect(
            entry.fields.map { String(decoding: $0, as: UTF8.self) } == [
                "MESSAGE=m", "MESSAGE_ID=ec395213bee093581fa755b18f2862e5", "PRIORITY=4", "SYSLOG_IDENTIFIER=telltale",
                "TELLTALE_NOTICE=eventsRejected", "TELLTALE_SUBJECT=Acme", "TELLTALE_OUTCOME=rejected",
                "TELLTALE_COUNT=12", "TELLTALE_LEFT_OUT=3", "TELLTALE_HANDLER=Acme",
                "TELLTALE_REASON=EmptyMessageError", "TELLTALE_REASON=MissingKeyError", "ERRNO=28",
            ])
    }

    @Test func eachKindHasAMessageIDOfItsOwn() {
        let identifiers = Notice.Kind.allCases.map(\.messageID)
        #expect(Set(identifiers).count == identifiers.count)
        #expect(identifiers.allSatisfy { $0.count == 32 && $0.allSatisfy { "0123456789abcdef".contains($0) } })
    }
}
