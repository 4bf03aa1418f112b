import Testing

@testable import VirtualMachine

@Suite struct ServiceHealthTests {
    private static let period: UInt64 = 300_000_000_000

    @Test func aServiceThatWasNeverThereIsToldOnceAndWhenItComes() {
        var health = ServiceHealth()
        #expect(health.failed(.unreachable, now: 1) == .absent)
        for _ in 0..<1000 { #expect(health.failed(.unreachable, now: 2) == nil) }
        #expect(health.succeeded(now: 3) == .answering)
        #expect(health.succeeded(now: 4) == nil)
    }

    @Test func aServiceThatFailsIsToldOnceHoweverItFails() {
        var health = ServiceHealth()
        #expect(health.succeeded(now: 1) == nil)
        #expect(health.failed(.unreachable, now: 2) == .failing)
        #expect(health.failed(.unusable, now: 3) == nil)
        #expect(health.failed(.unreachable, now: 4) == nil)
        #expect(health.succeeded(now: 5) == .answering)
    }

    @Test func aServiceThatFailsAgainAndAgainIsToldOnceAPeriodAndNotTakenForWell() {
        var health = ServiceHealth()
        #expect(health.failed(.unusable, now: 1) == .failing)
        #expect(health.succeeded(now: 2) == .answering)
        #expect(health.failed(.unusable, now: 3) == nil)
        #expect(health.succeeded(now: 4) == nil)
        #expect(health.failed(.unusable, now: Self.period) == nil)
        #expect(health.failed(.unusable, now: Self.period + 1) == .failing)
    }

    @Test func nonsenseFromAServiceThatSeemedAbsentIsAnotherThing() {
        var health = ServiceHealth()
        #expect(health.failed(.unreachable, now: 1) == .absent)
        #expect(health.failed(.unusable, now: 2) == .failing)
        #expect(health.failed(.unreachable, now: 3) == nil)
    }
}
