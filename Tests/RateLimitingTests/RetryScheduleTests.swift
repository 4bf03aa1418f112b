import RateLimiting
import Testing

@Suite struct RetryScheduleTests {
    /// Always the smallest or always the largest number.
    private struct Extreme: RandomNumberGenerator {
        let answer: UInt64
        mutating func next() -> UInt64 { answer }
    }

    private func delays(_ count: Int, _ answer: UInt64) -> [Duration] {
        var schedule = RetrySchedule(first: .milliseconds(500), longest: .seconds(60))
        var generator = Extreme(answer: answer)
        return (0..<count).map { _ in schedule.next(using: &generator) }
    }

    @Test func delaysGrowFromHalfTheFirstToTheLongest() {
        let shortest = delays(10, 0)
        let longest = delays(10, .max)
        #expect(shortest.first == .milliseconds(250))
        #expect(longest.first == .milliseconds(500))
        #expect(shortest.last == .seconds(30))
        #expect(longest.last == .seconds(60))
        #expect(zip(shortest, shortest.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(zip(longest, shortest.dropFirst()).prefix(6).allSatisfy { $0 == $1 })
    }

    @Test func delaysAreJittered() {
        var schedule = RetrySchedule(first: .milliseconds(500), longest: .seconds(60))
        var generator = SystemRandomNumberGenerator()
        let delays = (0..<100).map { _ in
            schedule.reset()
            return schedule.next(using: &generator)
        }
        #expect(Set(delays).count > 50)
    }

    @Test func progressMakesTheNextFailureAFirstOne() {
        var schedule = RetrySchedule(first: .milliseconds(500), longest: .seconds(60))
        var generator = Extreme(answer: 0)
        for _ in 0..<5 { _ = schedule.next(using: &generator) }
        schedule.reset()
        #expect(schedule.next(using: &generator) == .milliseconds(250))
    }

    @Test func whatTheDestinationAsksForIsAMinimumWithABound() {
        var schedule = RetrySchedule(first: .milliseconds(500), longest: .seconds(60))
        var generator = Extreme(answer: 0)
        #expect(schedule.next(atLeast: .seconds(120), using: &generator) == .seconds(120))
        #expect(schedule.next(atLeast: .milliseconds(1), using: &generator) == .milliseconds(500))
        #expect(schedule.next(atLeast: .seconds(1_000_000), using: &generator) == RetrySchedule.longestAskedFor)
    }
}
