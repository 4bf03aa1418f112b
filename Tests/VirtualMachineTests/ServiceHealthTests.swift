import Testing

@testable import VirtualMachine

@Suite struct ServiceHealthTests {
    @Test func aServiceThatWasNeverThereIsToldOnceAndWhenItComes() {
        var health = ServiceHealth()
        #expect(health.failed(.unreachable) == .absent)
        for _ in 0..<1000 { #expect(health.failed(.unreachable) == nil) }
        #expect(health.succeeded() == .recovered)
        #expect(health.succeeded() == nil)
    }

    @Test func aServiceThatFailsIsToldOnceHoweverItFails() {
        var health = ServiceHealth()
        #expect(health.succeeded() == nil)
        #expect(health.failed(.unreachable) == .failing)
        #expect(health.failed(.unusable) == nil)
        #expect(health.failed(.unreachable) == nil)
        #expect(health.succeeded() == .recovered)
        #expect(health.failed(.unusable) == .failing)
    }

    @Test func nonsenseFromAServiceThatSeemedAbsentIsAnotherThing() {
        var health = ServiceHealth()
        #expect(health.failed(.unreachable) == .absent)
        #expect(health.failed(.unusable) == .failing)
        #expect(health.failed(.unreachable) == nil)
    }
}
