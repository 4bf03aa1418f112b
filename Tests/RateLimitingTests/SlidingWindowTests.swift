import ProgramTestKit
import RateLimiting
import Testing

extension BootInstant: ExpressibleByIntegerLiteral {
    package init(integerLiteral nanoseconds: UInt64) {
        self.init(nanoseconds: nanoseconds)
    }
}

/// What a window admitted, one instant an event, and how full the window that ends at an instant is by plain counting.
private struct PlainCount {
    var admitted: [UInt64] = []

    func inWindow(endingAt now: UInt64, period: UInt64) -> Int {
        admitted.count { $0 <= now && now - $0 < period }
    }
}

@Test(arguments: [(1, 1), (1, 7), (3, 10), (7, 10), (20, 50), (360, 300)] as [(Int, UInt64)], [1, 2, 3] as [UInt64])
func aWindowAdmitsExactlyWhatTheCapLeavesInAnyPeriod(limit: (cap: Int, period: UInt64), seed: UInt64) {
    var random = RepeatableRandom(seed: seed)
    var window = SlidingWindow(RateLimit(cap: limit.cap, period: limit.period))
    var plain = PlainCount()
    var now: UInt64 = .random(in: 0...5, using: &random)
    for _ in 0..<400 {
        now += .random(in: 0...3, using: &random) == 0 ? .random(in: 0...limit.period, using: &random) : 0
        let asked = Int.random(in: 0...limit.cap / 2 + 1, using: &random)
        let room = limit.cap - plain.inWindow(endingAt: now, period: limit.period)
        let admitted = window.admit(asked, at: BootInstant(nanoseconds: now))
        #expect(admitted == min(asked, room))
        plain.admitted += Array(repeating: now, count: admitted)
        #expect(window.admitted(at: BootInstant(nanoseconds: now)) == limit.cap - room + admitted)
    }
    // A window that is too full is too full at one of its admissions, too, so that these ends are all ends.
    for end in Set(plain.admitted) {
        #expect(plain.inWindow(endingAt: end, period: limit.period) <= limit.cap)
    }
}

@Test(arguments: [4, 5, 6] as [UInt64])
func theNextRoomIsTheFirstInstantThatAdmits(seed: UInt64) {
    var random = RepeatableRandom(seed: seed)
    var window = SlidingWindow(RateLimit(cap: 4, period: 20))
    var now: UInt64 = 0
    for _ in 0..<300 {
        now += .random(in: 0...9, using: &random)
        _ = window.admit(.random(in: 0...3, using: &random), at: BootInstant(nanoseconds: now))
        guard let room = window.nextRoom(at: BootInstant(nanoseconds: now)) else {
            var copy = window
            #expect(copy.admit(1, at: BootInstant(nanoseconds: now)) == 1)
            continue
        }
        var before = window
        var then = window
        #expect(before.admit(1, at: BootInstant(nanoseconds: room.nanoseconds - 1)) == 0)
        #expect(then.admit(1, at: room) == 1)
    }
}

@Test func anEventLeavesTheWindowAtTheVeryInstant() {
    var window = SlidingWindow(RateLimit(cap: 2, period: 10))
    #expect(window.admit(2, at: 100) == 2)
    #expect(window.admit(1, at: 109) == 0)
    #expect(window.admitted(at: 109) == 2)
    #expect(window.admit(3, at: 110) == 2)
    #expect(window.isEmpty(at: 119) == false)
    #expect(window.isEmpty(at: 120) == true)
}

@Test func aWindowNeverOpensAgainBeforeTheEndOfTime() {
    var window = SlidingWindow(RateLimit(cap: 1, period: .max))
    #expect(window.admit(1, at: 5) == 1)
    #expect(window.admit(1, at: BootInstant(nanoseconds: .max - 1)) == 0)
    #expect(window.nextRoom(at: 6) == BootInstant(nanoseconds: .max))
}

@Test func chargesBeyondTheCapCloseTheWindowUntilTheyHaveLeft() {
    var window = SlidingWindow(RateLimit(cap: 2, period: 10))
    window.charge(3, at: 1)
    window.charge(2, at: 4)
    #expect(window.admit(1, at: 5) == 0)
    #expect(window.admit(1, at: 11) == 0)
    #expect(window.admit(5, at: 14) == 2)
}

@Test func aLateChargeOfAnEarlierInstantOpensNothingEarly() {
    var window = SlidingWindow(RateLimit(cap: 2, period: 10))
    window.charge(1, at: 8)
    window.charge(1, at: 3)
    #expect(window.admit(1, at: 17) == 0)
    #expect(window.admit(2, at: 18) == 2)
}

@Test func aWindowKeepsNoMoreThanItsCapWhateverTime() {
    // 200,000 admissions through a cap of 3: kept entries would make this slow and large.
    var window = SlidingWindow(RateLimit(cap: 3, period: 5))
    var admitted = 0
    for now in 0..<UInt64(200_000) { admitted += window.admit(1, at: BootInstant(nanoseconds: now)) }
    #expect(admitted == 120_000)
    let entries = Mirror(reflecting: window).children.first { $0.label == "entries" }?.value
    #expect(entries.map { Mirror(reflecting: $0).children.count <= 6 } == true)
}
