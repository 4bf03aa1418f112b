import Testing

@testable import Reporting

@Suite struct RepetitionTests {
    private func notice(_ kind: Notice.Kind, _ subject: String, count: Int? = nil) -> Notice {
        Notice(kind, about: subject, "m", count: count)
    }

    @Test func whatRepeatsIsLeftOutAndCounted() {
        var repetition = Repetition()
        #expect(repetition.admit(notice(.collected, "a"), every: 10, now: 100) == .init())
        for now in 101..<110 as Range<UInt64> {
            #expect(repetition.admit(notice(.collected, "a", count: 5), every: 10, now: now) == nil)
        }
        #expect(repetition.admit(notice(.collected, "a"), every: 10, now: 110) == .init(notices: 9, count: 45))
        #expect(repetition.admit(notice(.collected, "a"), every: 10, now: 120) == .init())
    }

    @Test func kindsAndSubjectsAreBoundedApart() {
        var repetition = Repetition()
        #expect(repetition.admit(notice(.collected, "a"), every: 10, now: 1) != nil)
        #expect(repetition.admit(notice(.collected, "b"), every: 10, now: 1) != nil)
        #expect(repetition.admit(notice(.fileRejected, "a"), every: 10, now: 1) != nil)
        #expect(repetition.admit(notice(.collected, "a"), every: 10, now: 1) == nil)
    }

    @Test func whatIsNotBoundedAlwaysGoesOut() {
        var repetition = Repetition()
        for _ in 0..<1000 { #expect(repetition.admit(notice(.started, "a"), every: 0, now: 1) != nil) }
    }

    @Test func aMillionSubjectsWriteNoMoreThanTheBoundOfTheirKindAndAllAreCounted() {
        var repetition = Repetition()
        let count = 100_000
        var told = 0
        for number in 0..<count
        where repetition.admit(notice(.fileSkipped, "\(number)", count: 2), every: 10, now: 1) != nil {
            told += 1
        }
        #expect(told == Repetition.perKind)
        #expect(repetition.takeOthers() == [.fileSkipped: .init(notices: count - told, count: 2 * (count - told))])
        #expect(repetition.admit(notice(.fileSkipped, "x"), every: 10, now: 11) == .init())
        #expect(repetition.takeAll().isEmpty)
    }

    @Test func whatWasLeftOutAboutAForgottenSubjectIsToldWithItsKind() {
        var repetition = Repetition()
        _ = repetition.admit(notice(.sinkFailing, "old"), every: 1000, now: 0)
        #expect(repetition.admit(notice(.sinkFailing, "old"), every: 1000, now: 1) == nil)
        #expect(repetition.takeOthers().isEmpty)
        // Each in a period of its own, so that only the number of subjects is what bounds.
        for number in 0..<Repetition.subjects {
            #expect(
                repetition.admit(notice(.sinkFailing, "\(number)"), every: 1000, now: UInt64(number + 1) * 1000)
                    != nil)
        }
        #expect(repetition.takeOthers() == [.sinkFailing: .init(notices: 1)])
    }

    @Test func theLastNoticesAreBoundedByTheirKindAloneAndTheRestIsCounted() {
        var repetition = Repetition()
        #expect(repetition.admit(notice(.capReached, "0", count: 1), every: 10, now: 1) != nil)
        #expect(repetition.admit(notice(.capReached, "0", count: 1), every: 10, now: 1) == nil)
        #expect(repetition.admitLast(notice(.capReached, "0", count: 1), now: 1) == .init(notices: 1, count: 1))
        var told = 1
        for number in 1...1000
        where repetition.admitLast(notice(.capReached, "\(number)", count: 1), now: 1) != nil {
            told += 1
        }
        #expect(told == Repetition.perKind)
        let left = 1001 - told
        #expect(repetition.takeAll() == [.capReached: .init(notices: left, count: left)])
    }
}

@Suite struct ToldStateTests {
    @Test func aTroubleAndItsEndAreToldAtOnce() {
        var told = ToldState(calm: "calm", period: 100)
        #expect(told.shouldTell("calm", now: 1) == false)
        #expect(told.shouldTell("trouble", now: 2) == true)
        #expect(told.shouldTell("trouble", now: 3) == false)
        #expect(told.shouldTell("calm", now: 4) == true)
        #expect(told.shouldTell("calm", now: 5) == false)
    }

    @Test func flappingCostsTwoNoticesAPeriodAndTheLastOfThemIsSoonTrueAgain() {
        var told = ToldState(calm: 0, period: 100)
        var tellings = 0
        for now in 1...1000 as ClosedRange<UInt64> where told.shouldTell(Int(now % 2), now: now) { tellings += 1 }
        #expect(tellings == 2 * 10)
        // It stays in trouble now: that is told when the period allows it.
        let since = (1001...1100 as ClosedRange<UInt64>).first { told.shouldTell(1, now: $0) }
        #expect(since == 1001)
        #expect(told.shouldTell(0, now: 1002) == true)
        let again = (1003...1200 as ClosedRange<UInt64>).first { told.shouldTell(1, now: $0) }
        #expect(again == 1101)
    }

    @Test func aWorseTroubleDoesNotWaitForALesserOne() {
        var told = ToldState(calm: 0, period: 100)
        #expect(told.shouldTell(1, now: 1) == true)
        #expect(told.shouldTell(2, now: 2) == true)
        #expect(told.shouldTell(1, now: 3) == false)
        #expect(told.shouldTell(1, now: 101) == true)
    }
}
