import ProgramTestKit
import SystemCalls
import TelemetryEvents
import Testing

@testable import Collection

/// A claim of a name; `time` tells apart claims of equal names.
func claim(_ name: String, time: UInt64 = 1, counter: UInt16 = 0) -> Claim {
    Claim(id: ClaimID(time: time, counter: counter), name: FileName(name.utf8))
}

@Test func aClaimIsReadBackFromItsEntry() throws {
    var random = RepeatableRandom(seed: 1)
    for length in 1...255 {
        let name = FileName((0..<length).map { _ in UInt8.random(in: 1...255, using: &random) })
        let id = ClaimID(
            time: .random(in: 0 ... .max, using: &random), counter: .random(in: 0 ... .max, using: &random))
        let claim = Claim(id: id, name: name)
        #expect(claim.entry.bytes.count <= 255)
        #expect(claim.isNested == (length > 233))
        let parsed = try #require(Claim.parse(entry: claim.entry))
        #expect(parsed.id == id)
        #expect(parsed.name.elementsEqual(claim.isNested ? [] : name.bytes))
    }
}

@Test func anEntryIsTheIdAndTheName() {
    let entry = claim("1591905451.json", time: 0x17E5_0A1B_2C3D_4E5F, counter: 0x00AB).entry
    #expect(entry == "17e50a1b2c3d4e5f-00ab-1591905451.json")
}

@Test(arguments: [
    "", "-", "lock", "1.json", "17e50a1b2c3d4e5f-00ab", "17e50a1b2c3d4e5f-00ab1.json", "17E50A1B2C3D4E5F-00AB-1.json",
    "17e50a1b2c3d4e5-00ab-1.json", "17e50a1b2c3d4e5f_00ab-1.json", "17e50a1b2c3d4e5g-00ab-1.json",
    "17e50a1b2c3d4e5f-0ab-1.json", " 17e50a1b2c3d4e5f-00ab-1.json",
])
func whatIsNoClaimIsNotTakenForOne(entry: String) {
    #expect(Claim.parse(entry: FileName(entry.utf8)) == nil)
}

@Test(arguments: [
    ("1000.json", "9.json"), ("10.json", "9.json"), ("010.json", "9.json"), ("9.json", "08.json"),
    ("18446744073709551616.json", "18446744073709551615.json"), ("1.json", "0.json"), ("1.json", "000.json"),
    ("99999999999999999999999999.json", "1591905451.json"), ("1.json", "x.json"), ("2.waagent.tld", "1.tld"),
])
func namesAreComparedAsNumbersNotAsText(newer: String, older: String) {
    // Whichever was claimed first.
    for time in [1, 3] as [UInt64] {
        #expect(claim(newer, time: time).isNewer(than: claim(older, time: 2)))
        #expect(!claim(older, time: 2).isNewer(than: claim(newer, time: time)))
    }
}

@Test func equalNumbersAreOrderedByTheClaim() {
    #expect(claim("7.json", time: 2).isNewer(than: claim("007.json", time: 1)))
    #expect(claim("7.json", time: 2, counter: 2).isNewer(than: claim("7.json", time: 2, counter: 1)))
    #expect(!claim("7.json").isNewer(than: claim("7.json")))
}

@Test func claimIDsAreUniqueAndRiseWhateverTheClockDoes() {
    var random = RepeatableRandom(seed: 7)
    var numbering = ClaimNumbering(after: ClaimID(time: 1_000_000, counter: 9), counter: .max - 3)
    var last = ClaimID(time: 1_000_000, counter: .max)
    for _ in 0..<10_000 {
        // The clock stands still, goes on, or is set back.
        let next = numbering.next(at: [0, 999_999, last.time, last.time + 5].randomElement(using: &random) ?? 0)
        #expect(next > last && next.time > last.time)
        last = next
    }
    numbering.skip(past: ClaimID(time: last.time + 1_000_000, counter: 0))
    #expect(numbering.next(at: 0).time == last.time + 1_000_001)
    numbering.skip(past: ClaimID(time: 5, counter: 0))
    #expect(numbering.next(at: 0).time == last.time + 1_000_002)
}

@Test func anIdFromTheEndOfTimeStopsNothing() {
    var numbering = ClaimNumbering(after: ClaimID(time: .max, counter: .max), counter: .max)
    #expect(numbering.next(at: 5).time == 5)
    #expect(numbering.next(at: 5).time == 6)
}
