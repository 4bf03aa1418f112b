import Testing

@testable import Reporting

@Suite struct RepetitionTests {
    @Test func whatRepeatsIsLeftOutAndCounted() {
        var repetition = Repetition()
        #expect(repetition.admit(.collected, about: "a", every: 10, now: 100) == .init())
        for now in 101..<110 as Range<UInt64> {
            #expect(repetition.admit(.collected, about: "a", every: 10, now: now) == nil)
        }
        #expect(repetition.admit(.collected, about: "a", every: 10, now: 110) == .init(aboutSubject: 9))
        #expect(repetition.admit(.collected, about: "a", every: 10, now: 120) == .init())
    }

    @Test func kindsAndSubjectsAreBoundedApart() {
        var repetition = Repetition()
        #expect(repetition.admit(.collected, about: "a", every: 10, now: 1) != nil)
        #expect(repetition.admit(.collected, about: "b", every: 10, now: 1) != nil)
        #expect(repetition.admit(.fileRejected, about: "a", every: 10, now: 1) != nil)
        #expect(repetition.admit(.collected, about: "a", every: 10, now: 1) == nil)
    }

    @Test func whatIsNotBoundedAlwaysGoesOut() {
        var repetition = Repetition()
        for _ in 0..<1000 { #expect(repetition.admit(.started, about: "a", every: 0, now: 1) != nil) }
    }

    @Test func aMillionSubjectsWriteNoMoreThanTheBoundOfTheirKindAndAllAreCounted() {
        var repetition = Repetition()
        let count = 100_000
        var told = 0
        for number in 0..<count where repetition.admit(.fileSkipped, about: "\(number)", every: 10, now: 1) != nil {
            told += 1
        }
        #expect(told == Repetition.perKind)
        let next = repetition.admit(.fileSkipped, about: "x", every: 10, now: 11)
        #expect(next == .init(aboutSubject: 0, aboutOthers: count - told))
    }

    @Test func whatWasLeftOutAboutAForgottenSubjectIsToldWithItsKind() {
        var repetition = Repetition()
        _ = repetition.admit(.sinkFailing, about: "old", every: 1000, now: 0)
        #expect(repetition.admit(.sinkFailing, about: "old", every: 1000, now: 1) == nil)
        var others = 0
        // Each in a period of its own, so that only the number of subjects is what bounds.
        for number in 0..<Repetition.subjects {
            let now = UInt64(number + 1) * 1000
            others += repetition.admit(.sinkFailing, about: "\(number)", every: 1000, now: now)?.aboutOthers ?? 0
        }
        others += repetition.admit(.sinkFailing, about: "last", every: 1000, now: 5_000_000)?.aboutOthers ?? 0
        #expect(others == 1)
    }
}
