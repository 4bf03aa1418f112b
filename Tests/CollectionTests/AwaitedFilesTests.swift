import ProgramTestKit
import SystemCalls
import Testing

@testable import Collection

private func key(_ number: Int, of publisher: Publisher = .agent) -> AwaitedFiles.Key {
    AwaitedFiles.Key(publisher: publisher, name: FileName("\(number)".utf8))
}

@Test func aFileIsDueAtItsInstantAndOnce() {
    var awaited = AwaitedFiles()
    #expect(awaited.isEmpty && awaited.nextDue == nil)
    awaited.add(key(1), .init(due: 20, attempts: 2))
    awaited.add(key(2), .init(due: 10))
    #expect(awaited.nextDue == 10 && !awaited.isEmpty)
    #expect(awaited.takeDue(at: 9).files.isEmpty)
    #expect(awaited.takeDue(at: 19).files.map(\.key) == [key(2)])
    #expect(awaited.nextDue == 20 && awaited[key(1)]?.attempts == 2)
    let due = awaited.takeDue(at: 20)
    #expect(due.files.map(\.key) == [key(1)] && due.files.map(\.wait.attempts) == [2] && due.directories.isEmpty)
    #expect(awaited.isEmpty && awaited.nextDue == nil && awaited[key(1)] == nil)
}

@Test func aFileIsAwaitedOnceWithItsLatestWait() {
    var awaited = AwaitedFiles()
    awaited.add(key(1), .init(due: 10))
    awaited.add(key(1), .init(due: 30, attempts: 1))
    #expect(awaited.takeDue(at: 29).files.isEmpty)
    #expect(awaited.takeDue(at: 30).files.map(\.wait.attempts) == [1])
    #expect(awaited.takeDue(at: 99).files.isEmpty)
}

@Test func aFileThatIsNoLongerAwaitedIsNotDue() {
    var awaited = AwaitedFiles()
    awaited.add(key(1), .init(due: 10))
    awaited.remove(key(1))
    awaited.remove(key(1))
    #expect(awaited.isEmpty && awaited.nextDue == nil && awaited.takeDue(at: 100).files.isEmpty)
}

@Test func beyondTheBoundAPublishersWholeDirectoryIsDue() {
    var awaited = AwaitedFiles()
    let limit = AwaitedFiles.limitPerPublisher
    let flood = Publisher.handler("Flood")
    for number in 0..<3 * limit { awaited.add(key(number, of: flood), .init(due: 100 + UInt64(number))) }
    awaited.add(key(1), .init(due: 5000))
    #expect(awaited[key(limit - 1, of: flood)] != nil && awaited[key(limit, of: flood)] == nil)
    #expect(awaited[key(1)] != nil)
    // One that is awaited already may still be changed.
    awaited.add(key(0, of: flood), .init(due: 101, attempts: 3))
    #expect(awaited[key(0, of: flood)]?.attempts == 3)
    // No turn takes more than it may claim, and the next one is due at once.
    let due = awaited.takeDue(at: 100 + UInt64(limit))
    #expect(due.files.count == CollectorBounds.claimsPerTurn && due.directories == [flood])
    #expect(awaited.nextDue.map { $0 <= 100 + UInt64(limit) } == true)
    var taken = due.files.count
    while case let more = awaited.takeDue(at: 4999), !more.files.isEmpty {
        #expect(more.directories.isEmpty)
        taken += more.files.count
    }
    #expect(taken == limit)
    #expect(awaited.takeDue(at: 5000).files.map(\.key) == [key(1)])
    #expect(awaited.isEmpty)
    // The places are free again.
    awaited.add(key(1, of: flood), .init(due: 1))
    #expect(awaited[key(1, of: flood)] != nil)
}

@Test(arguments: [1, 2, 3] as [UInt64])
func everyAwaitedFileComesDueOnTime(seed: UInt64) {
    var random = RepeatableRandom(seed: seed)
    var awaited = AwaitedFiles()
    var model: [AwaitedFiles.Key: UInt64] = [:]
    var now: UInt64 = 0
    for _ in 0..<3000 {
        let file = key(.random(in: 0...50, using: &random))
        switch Int.random(in: 0...3, using: &random) {
        case 0:
            awaited.remove(file)
            model[file] = nil
        case 1, 2:
            let due = now + .random(in: 0...30, using: &random)
            awaited.add(file, .init(due: due))
            model[file] = due
        default:
            now += .random(in: 0...10, using: &random)
            let due = awaited.takeDue(at: now).files
            #expect(Set(due.map(\.key)) == Set(model.filter { $0.value <= now }.keys))
            model = model.filter { $0.value > now }
            // Early at times, but never so that the one who waits for it spins.
            #expect(awaited.nextDue.map { $0 > now } ?? true)
        }
        #expect((awaited.nextDue ?? .max) <= (model.values.min() ?? .max))
        #expect(awaited.isEmpty == model.isEmpty)
    }
}

/// Whoever reads what is being written must not get it taken half.
@Test func readersAreWaitedForNoLongerAtSomeTimeButWritersAre() {
    var wait = AwaitedFiles.Wait(due: 1)
    #expect(wait.condition(.notKnownUsed) == .notKnownUsed)
    wait.readings = CollectorBounds.courtesies
    #expect(wait.condition(.notKnownUsed) == .notWritten)
    #expect(wait.condition(.knownUnused) == .knownUnused)
    wait.attempts = CollectorBounds.incompleteAttempts
    #expect(wait.condition(.notKnownUsed) == .none)
}
