import ProgramTestKit
import RateLimiting
import TelemetryEvents
import Testing

private func claim(_ number: UInt64) -> ClaimID { ClaimID(time: number, counter: 0) }

@Test func aClaimIsChargedOnceHoweverOftenItIsAskedAbout() {
    var admissions = Admissions<String>(RateLimit(cap: 10, period: 100))
    for rest in [Admissions<String>.Rest.dropped, .held, .dropped] {
        let charge = admissions.admit(4, of: claim(1), from: "a", at: 5, rest: rest)
        #expect(charge.admitted == 4)
    }
    #expect(admissions.admitted(from: "a", at: 5) == 4)
    #expect(admissions.admitted(of: claim(1)) == 4)
    #expect(admissions.admitted(of: claim(2)) == nil)
}

@Test func whatWasDroppedStaysDroppedWhenThereIsRoomAgain() {
    var admissions = Admissions<String>(RateLimit(cap: 3, period: 100))
    #expect(admissions.admit(5, of: claim(1), from: "a", at: 0, rest: .dropped).admitted == 3)
    #expect(admissions.admit(2, of: claim(2), from: "a", at: 1, rest: .dropped).admitted == 0)
    #expect(admissions.admit(5, of: claim(1), from: "a", at: 500, rest: .dropped).admitted == 3)
    #expect(admissions.admit(2, of: claim(2), from: "a", at: 500, rest: .dropped).admitted == 0)
    #expect(admissions.admitted(from: "a", at: 500) == 0)
}

@Test func whatWasHeldIsAdmittedWhenThereIsRoomAgain() {
    var admissions = Admissions<String>(RateLimit(cap: 3, period: 100))
    #expect(admissions.admit(8, of: claim(1), from: "a", at: 0, rest: .held).admitted == 3)
    #expect(admissions.nextRoom(for: "a", at: 1) == 100)
    let second = admissions.admit(8, of: claim(1), from: "a", at: 100, rest: .held)
    #expect(second.admitted == 6 && second.charged == 3)
    let third = admissions.admit(8, of: claim(1), from: "a", at: 200, rest: .held)
    #expect(third.admitted == 8 && third.charged == 2)
    #expect(admissions.nextRoom(for: "a", at: 200) == nil)
}

@Test func publishersDoNotShareAWindow() {
    var admissions = Admissions<String>(RateLimit(cap: 1, period: 100))
    #expect(admissions.admit(1, of: claim(1), from: "a", at: 0, rest: .dropped).admitted == 1)
    #expect(admissions.admit(1, of: claim(2), from: "b", at: 0, rest: .dropped).admitted == 1)
    #expect(admissions.admit(1, of: claim(3), from: "a", at: 0, rest: .dropped).admitted == 0)
}

@Test func aFileThatLostEventsSinceItsDecisionIsNotChargedForThem() {
    var admissions = Admissions<String>(RateLimit(cap: 10, period: 100))
    _ = admissions.admit(5, of: claim(1), from: "a", at: 0, rest: .held)
    let charge = admissions.admit(2, of: claim(1), from: "a", at: 1, rest: .held)
    #expect(charge.admitted == 2 && charge.charged == 0)
}

@Test(arguments: [Admissions<Int>.Rest.dropped, .held], [11, 12, 13] as [UInt64])
func aRestartAtAnyChargeDecidesAsIfNothingHadHappened(rest: Admissions<Int>.Rest, seed: UInt64) {
    var random = RepeatableRandom(seed: seed)
    let limit = RateLimit(cap: 6, period: 40)
    var lasting = Admissions<Int>(limit)
    var written: [Admissions<Int>.Charge] = []
    var now: UInt64 = 0
    for step in 0..<200 {
        now += .random(in: 0...12, using: &random)
        let id = claim(.random(in: 0...UInt64(step), using: &random))
        let publisher = Int(id.time % 3), accepted = Int(id.time % 5)
        // A restart now knows the charges alone.
        var restarted = Admissions<Int>(limit)
        for charge in written { restarted.restore(charge) }
        let instant = BootInstant(nanoseconds: now)
        let charge = lasting.admit(accepted, of: id, from: publisher, at: instant, rest: rest)
        #expect(restarted.admit(accepted, of: id, from: publisher, at: instant, rest: rest) == charge)
        written.append(charge)
    }
}

@Test func aForgottenClaimStaysInTheWindow() {
    var admissions = Admissions<String>(RateLimit(cap: 3, period: 100))
    _ = admissions.admit(3, of: claim(1), from: "a", at: 0, rest: .dropped)
    admissions.forget(claim(1))
    #expect(admissions.admitted(of: claim(1)) == nil)
    #expect(admissions.admit(1, of: claim(2), from: "a", at: 99, rest: .dropped).admitted == 0)
}

@Test func onlyClaimsThatWaitAreRemembered() {
    var admissions = Admissions<String>(RateLimit())
    for number in 0..<UInt64(100) { _ = admissions.admit(1, of: claim(number), from: "a", at: 0, rest: .dropped) }
    admissions.forgetAll(but: [claim(7), claim(1000)])
    #expect((0..<UInt64(100)).filter { admissions.admitted(of: claim($0)) != nil } == [7])
}

@Test func emptyWindowsAreDroppedAndOthersKept() {
    var admissions = Admissions<String>(RateLimit(cap: 1, period: 10))
    _ = admissions.admit(1, of: claim(1), from: "old", at: 0, rest: .dropped)
    _ = admissions.admit(1, of: claim(2), from: "new", at: 5, rest: .dropped)
    admissions.dropEmptyWindows(at: 10)
    let windows = Mirror(reflecting: admissions).children.first { $0.label == "windows" }?.value
    #expect((windows as? [String: SlidingWindow]).map { Set($0.keys) } == ["new"])
    #expect(admissions.admit(1, of: claim(3), from: "new", at: 14, rest: .dropped).admitted == 0)
    #expect(admissions.admit(1, of: claim(4), from: "old", at: 14, rest: .dropped).admitted == 1)
}
