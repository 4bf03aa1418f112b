import ProgramTestKit
import SystemCalls
import Testing

@testable import Collection

private let acme = Publisher.handler("Acme"), other = Publisher.handler("Other")

/// A step of a table: a hint, or the batches that are due at an instant.
private enum Step {
    case hint(FileName, of: Publisher = acme, at: UInt64)
    case due([[FileName]], at: UInt64)
    case next(UInt64?)
}

@Test(
    arguments: [
        (
            "a batch is due when nothing happened for the quiet window",
            Debouncer.Settings(quietWindow: 10, maximumDelay: 100),
            [
                .hint("1", at: 0), .next(10), .due([], at: 9), .hint("2", at: 9), .next(19), .due([], at: 18),
                .due([["1", "2"]], at: 19),
            ]
        ),
        (
            "a repeated name is folded and moves the window", Debouncer.Settings(quietWindow: 10, maximumDelay: 100),
            [
                .hint("1", at: 0), .hint("2", at: 1), .hint("1", at: 5), .due([], at: 14), .due([["1", "2"]], at: 15),
                .next(nil),
            ]
        ),
        (
            "a name that comes again after its batch is a new hint",
            Debouncer.Settings(quietWindow: 10, maximumDelay: 100),
            [.hint("1", at: 0), .due([["1"]], at: 10), .hint("1", at: 10), .due([["1"]], at: 20), .due([], at: 1000)]
        ),
        (
            "a publisher that never pauses waits for the maximum delay",
            Debouncer.Settings(quietWindow: 10, maximumDelay: 25),
            [
                .hint("1", at: 0), .hint("2", at: 8), .hint("3", at: 16), .hint("4", at: 24), .next(25),
                .due([], at: 24),
                .due([["1", "2", "3", "4"]], at: 25),
            ]
        ),
        (
            "a full batch is due at once", Debouncer.Settings(quietWindow: 10, maximumDelay: 25, maximumSize: 2),
            [
                .hint("1", at: 5), .hint("1", at: 5), .due([], at: 5), .hint("2", at: 5), .next(0),
                .due([["1", "2"]], at: 5),
            ]
        ),
        (
            "a window of 0 is at once", Debouncer.Settings(quietWindow: 0, maximumDelay: 25),
            [
                .hint("1", at: 7), .next(7), .due([["1"]], at: 7), .hint("2", at: 7), .hint("3", at: 7),
                .due([["2", "3"]], at: 7),
            ]
        ),
        (
            "publishers do not wait for each other",
            Debouncer.Settings(quietWindow: 10, maximumDelay: 25, maximumSize: 2),
            [
                .hint("1", at: 0), .hint("1", of: other, at: 5), .hint("2", of: other, at: 5),
                .due([["1", "2"]], at: 5),
                .due([], at: 9), .due([["1"]], at: 10),
            ]
        ),
        (
            "a maximum delay below the window is kept", Debouncer.Settings(quietWindow: 10, maximumDelay: 3),
            [.hint("1", at: 0), .next(3), .due([["1"]], at: 3)]
        ),
    ] as [(String, Debouncer.Settings, [Step])])
private func aBatchIsDueAsItsSettingsSay(guarantee: String, settings: Debouncer.Settings, steps: [Step]) {
    var debouncer = Debouncer(settings)
    for step in steps {
        switch step {
        case .hint(let name, let publisher, let now): debouncer.add(name, of: publisher, at: now)
        case .due(let expected, let now): #expect(debouncer.takeDue(at: now).map(\.names) == expected, "\(guarantee)")
        case .next(let expected): #expect(debouncer.nextDue == expected, "\(guarantee)")
        }
    }
}

@Test func theDefaultsAreOfLowLatency() {
    let settings = Debouncer.Settings()
    #expect(settings.quietWindow <= 5_000_000 && settings.maximumDelay <= 25_000_000)
}

@Test(arguments: [1, 2, 3] as [UInt64])
func everyHintComesOutOnceAndInTime(seed: UInt64) {
    var random = RepeatableRandom(seed: seed)
    let settings = Debouncer.Settings(quietWindow: 6, maximumDelay: 20, maximumSize: 9)
    var debouncer = Debouncer(settings)
    /// When each waiting name was hinted at first.
    var waiting: [Publisher: [FileName: UInt64]] = [:]
    var now: UInt64 = 0
    for _ in 0..<5000 {
        now += .random(in: 0...4, using: &random)
        let publisher = Publisher.handler(FileName("\(Int.random(in: 0...4, using: &random))".utf8))
        let name = FileName("\(Int.random(in: 0...30, using: &random))".utf8)
        debouncer.add(name, of: publisher, at: now)
        if waiting[publisher]?[name] == nil { waiting[publisher, default: [:]][name] = now }
        if let due = debouncer.nextDue, due <= now {
            #expect(
                !debouncer.takeDue(at: now).map { waiting.removeValue(forKey: $0.publisher) == nil ? 1 : 0 }.contains(1)
            )
        }
        for (_, names) in waiting {
            #expect(names.count < settings.maximumSize)
            #expect(names.values.allSatisfy { now < $0 + settings.maximumDelay })
        }
    }
    let left = debouncer.takeDue(at: now + settings.quietWindow)
    #expect(left.count == waiting.count)
    for batch in left { #expect(Set(batch.names) == Set(waiting[batch.publisher, default: [:]].keys)) }
    #expect(debouncer.isEmpty && debouncer.nextDue == nil)
}
