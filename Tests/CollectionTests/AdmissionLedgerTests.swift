import ProgramTestKit
import RateLimiting
import SystemCalls
import SystemPackage
import TelemetryEvents
import Testing

@testable import Collection

private typealias Charge = Admissions<Publisher>.Charge

/// A directory with a ledger in it.
private struct LedgerPlace {
    let scratch: ScratchDirectory
    let root: Directory

    init() throws {
        scratch = try ScratchDirectory()
        root = try Directory(at: FilePath(scratch.path))
    }

    /// Opens the ledger, hands it to `body`, and answers what it held when it was opened.
    @discardableResult
    func open(
        boot: String = "boot", now: UInt64 = 1_000_000, _ body: (inout AdmissionLedger) throws -> Void = { _ in }
    ) throws -> AdmissionLedger.Contents {
        var contents = AdmissionLedger.Contents()
        var ledger = try AdmissionLedger.open(
            in: root, bootID: boot, period: 100, now: BootInstant(nanoseconds: now), contents: &contents)
        try body(&ledger)
        return contents
    }

    func write(_ charges: [Charge]) throws {
        try open { ledger in
            for charge in charges { ledger.append(charge) }
            try ledger.flush()
        }
    }

    var bytes: [UInt8] {
        get throws { try root.openForReading("admissions").readAll(limit: 1 << 26) }
    }

    func replace(with bytes: some Collection<UInt8>) throws {
        let file = try root.openForWriting("admissions", .keeping)
        try file.truncate(to: 0)
        try file.writeAll(Array(bytes))
    }
}

private func charge(_ number: UInt64, of handler: String, charged: Int = 2, at instant: UInt64? = nil) -> Charge {
    Charge(
        publisher: .handler(FileName(handler.utf8)), claim: ClaimID(time: number, counter: 7), admitted: charged + 3,
        charged: charged, instant: BootInstant(nanoseconds: instant ?? number))
}

private let strangeNames = [
    "Microsoft.Azure.Extension", "a b  c ", " ", "line\nend", "\n", "\\", "\\n", "\\\n\\\\n", "é🚀", "\r\t\u{1}",
    "0 1 2 3",
    "a-", "\"", String(repeating: "\n", count: 255),
]

@Test func chargesOfAnyPublisherAreReadBack() throws {
    let place = try LedgerPlace()
    var charges = strangeNames.enumerated().map { charge(UInt64($0.offset), of: $0.element) }
    charges.append(
        Charge(
            publisher: .handler(FileName([0xFF, 0xC3, 0x0A, 0x5C, 0x80])), claim: ClaimID(time: 1, counter: 2),
            admitted: 0, charged: 0, instant: BootInstant(nanoseconds: 99)))
    charges.append(
        Charge(
            publisher: .agent, claim: ClaimID(time: .max, counter: .max), admitted: 5, charged: 5,
            instant: BootInstant(nanoseconds: 100)))
    try place.write(charges)
    for _ in 0..<2 {
        let contents = try place.open()
        #expect(contents.charges == charges && contents.unreadableLines == 0)
    }
}

@Test func anotherStartOfTheMachineBeginsAnew() throws {
    let place = try LedgerPlace()
    try place.write([charge(1, of: "Acme")])
    let other = try place.open(boot: "other")
    #expect(other.charges.isEmpty && other.unreadableLines == 0)
    // And what that one forgot stays forgotten.
    #expect(try place.open().charges.isEmpty)
}

@Test func aLedgerThatWasCutAnywhereTellsTheWholeLinesAndNoOther() throws {
    let place = try LedgerPlace()
    let charges = [charge(1, of: "Acme"), charge(22, of: "Acme.Two"), charge(333, of: "Acme.Other", charged: 12)]
    try place.write(charges)
    let whole = try place.bytes
    let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
    for length in 0...whole.count {
        try place.replace(with: whole.prefix(length))
        let lines = ends.count { $0 < length }
        let contents = try place.open { ledger in
            ledger.append(charge(4444, of: "Next"))
            try ledger.flush()
        }
        #expect(contents.charges == Array(charges.prefix(max(lines - 1, 0))))
        #expect(contents.unreadableLines == (lines > 0 && !ends.contains(length - 1) ? 1 : 0))
        // The next line is whole, whatever stood there.
        let next = try place.open()
        #expect(next.charges == contents.charges + [charge(4444, of: "Next")] && next.unreadableLines == 0)
    }
}

@Test(arguments: [
    "x", "1 2 3 4 Acme", "5 0000000000000001-0007 5 2", "5 0000000000000001-0007 5 2 ",
    "5 0000000000000001-0007 5 -2 Acme",
    "-5 0000000000000001-0007 5 2 Acme", "5 0000000000000001-0007 2 5 Acme", "5 0000000000000001-0007 5 2 Acme\\",
    "5 0000000000000001-0007 5 2 Acme\\x", "5 0000000000000001-0007  5 2 Acme", "5 000000000000000g-0007 5 2 Acme",
    "5 0000000000000001-0007 9223372036854775807 9223372036854775807 Acme",
    "5 0000000000000001-0007 99999999999999999999 1 Acme", "telltale admissions 1 boot",
    // Of an instant that is still to come.
    "1000001 0000000000000001-0007 5 2 Acme",
])
func aDamagedLineIsCountedLeftOutAndForgotten(line: String) throws {
    let place = try LedgerPlace()
    let charges = [charge(1, of: "Acme"), charge(2, of: "Acme")]
    try place.write(charges)
    try place.replace(with: place.bytes + Array((line + "\n").utf8))
    try place.write([charge(3, of: "Acme")])
    // The first opening, by write, met the damage; the ledger is whole since.
    let contents = try place.open()
    #expect(contents.charges == charges + [charge(3, of: "Acme")] && contents.unreadableLines == 0)
    try place.replace(with: place.bytes + Array((line + "\n").utf8))
    #expect(try place.open().unreadableLines == 1)
}

@Test func absurdCountsOverflowNoWindow() throws {
    let place = try LedgerPlace()
    try place.open()
    let line = "5 0000000000000001-0007 2147483647 2147483647 Acme\n"
    try place.replace(with: place.bytes + Array(String(repeating: line, count: 1000).utf8))
    var admissions = Admissions<Publisher>(RateLimit())
    for charge in try place.open().charges { admissions.restore(charge) }
    #expect(admissions.admitted(from: .handler("Acme"), at: BootInstant(nanoseconds: 6)) == 1000 * 2_147_483_647)
}

@Test func compactionKeepsWhatIsInTheWindowAndWhatWaits() throws {
    let place = try LedgerPlace()
    try place.write([
        charge(1, of: "gone", at: 500), charge(2, of: "waiting", at: 500), charge(3, of: "in the window", at: 901),
        charge(4, of: "just left", at: 900),
    ])
    try place.open { ledger in
        try ledger.compact(keeping: { $0.time == 2 }, now: BootInstant(nanoseconds: 1000))
        ledger.append(charge(5, of: "after", at: 1000))
        try ledger.flush()
    }
    #expect(
        try place.open().charges.map(\.publisher) == [
            .handler("waiting"), .handler("in the window"), .handler("after"),
        ])
}

@Test func aLedgerThatGrowsIsWorthCompactingAndSmallAfterwards() throws {
    let place = try LedgerPlace()
    try place.open { ledger in
        var number: UInt64 = 0
        while !ledger.isLarge {
            for _ in 0..<2000 {
                number += 1
                ledger.append(charge(number, of: "Acme"))
            }
            try ledger.flush()
            try #require(number < 100_000)
        }
        #expect(number > 10_000)
        try ledger.compact(keeping: { _ in false }, now: BootInstant(nanoseconds: number + 1))
        let isStillLarge = ledger.isLarge
        #expect(!isStillLarge)
    }
    #expect(try place.open().charges.count == 99)
}

@Test func whatWasNotFlushedIsNotThere() throws {
    let place = try LedgerPlace()
    try place.open { ledger in
        ledger.append(charge(1, of: "Acme"))
        try ledger.flush()
        ledger.append(charge(2, of: "Acme"))
    }
    #expect(try place.open().charges == [charge(1, of: "Acme")])
}

@Test func aRewritingThatWasKilledLeavesNothingInTheWay() throws {
    let place = try LedgerPlace()
    try place.write([charge(1, of: "Acme")])
    try place.root.openForWriting("admissions.new", .new).writeAll(Array("half a".utf8))
    try place.open { try $0.compact(keeping: { _ in true }, now: BootInstant(nanoseconds: 5)) }
    #expect(try place.open().charges == [charge(1, of: "Acme")])
    #expect(try place.root.status(of: "admissions.new") == nil)
}
