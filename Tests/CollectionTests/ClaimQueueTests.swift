import ProgramTestKit
import SystemCalls
import TelemetryEvents
import Testing

@testable import Collection

private func publisher(_ number: Int) -> Publisher { .handler(FileName("handler-\(number)".utf8)) }

/// Claims of names with numbers of any length, some of them equal.
private func randomClaims(_ count: Int, _ random: inout RepeatableRandom) -> [Claim] {
    (0..<count).map { number in
        let digits = (0..<Int.random(in: 1...12, using: &random)).map { _ in "\(Int.random(in: 0...3, using: &random))"
        }
        return claim(digits.joined() + ".json", time: UInt64(number))
    }
}

@Test(arguments: [1, 2, 3, 4] as [UInt64])
func claimsOfOnePublisherComeNewestFirst(seed: UInt64) {
    var random = RepeatableRandom(seed: seed)
    var heap = WaitingClaims(.newestFirst)
    var model: [Claim] = []
    for claim in randomClaims(600, &random) {
        heap.add(claim)
        model.append(claim)
        if Int.random(in: 0...2, using: &random) == 0 {
            model.sort { $1.isNewer(than: $0) }
            #expect(heap.takeFirst() == model.popLast())
        }
        #expect(heap.count == model.count)
    }
    model.sort { $1.isNewer(than: $0) }
    while let newest = model.popLast() { #expect(heap.takeFirst() == newest) }
    #expect(heap.isEmpty && heap.takeFirst() == nil)
}

@Test(arguments: [0, 1, 2, 3, 100, 101])
func theOlderHalfGoesAndTheNewerStays(count: Int) {
    var random = RepeatableRandom(seed: 5)
    var heap = WaitingClaims(.newestFirst)
    let claims = randomClaims(count, &random)
    for claim in claims { heap.add(claim) }
    #expect(heap.dropLast(keeping: count / 2) == count - count / 2)
    let kept = claims.sorted { $0.isNewer(than: $1) }.prefix(count / 2)
    #expect((0..<count / 2).map { _ in heap.takeFirst() } == Array(kept))
    #expect(heap.isEmpty)
}

@Test func publishersAreServedInTurnHoweverMuchOneHas() {
    var queue = ClaimQueue()
    for number in 0..<1000 { queue.add(claim("\(number).json", time: UInt64(number)), of: publisher(0)) }
    for number in 0..<3 { queue.add(claim("\(number).json", time: 5000), of: publisher(1)) }
    queue.add(claim("7.json", time: 6000), of: publisher(2))
    let served = (0..<8).compactMap { _ in queue.next()?.publisher }
    #expect(served == [0, 1, 2, 0, 1, 0, 1, 0].map(publisher))
    #expect(queue.count == 1004 - 8)
}

@Test func aPublisherThatIsNotAllowedIsPassedOverAndLosesNothing() {
    var queue = ClaimQueue()
    for number in 0..<2 {
        for handler in 0..<3 { queue.add(claim("\(number).json", time: UInt64(number)), of: publisher(handler)) }
    }
    let isAllowed = { (candidate: Publisher) in candidate != publisher(1) }
    #expect(queue.hasClaim(where: isAllowed))
    #expect((0..<5).compactMap { _ in queue.next(where: isAllowed)?.publisher } == [0, 2, 0, 2].map(publisher))
    #expect(!queue.hasClaim(where: isAllowed) && queue.count > 0)
    #expect((0..<3).compactMap { _ in queue.next()?.claim.name } == ["1.json", "0.json"])
    #expect(queue.count == 0)
}

@Test(arguments: [1, 2, 3] as [UInt64])
func everyClaimComesOnceAndTheNewestOfItsPublisher(seed: UInt64) {
    var random = RepeatableRandom(seed: seed)
    var queue = ClaimQueue()
    var model: [Publisher: [Claim]] = [:]
    for claim in randomClaims(3000, &random) {
        let owner = publisher(.random(in: 0...20, using: &random))
        queue.add(claim, of: owner)
        model[owner, default: []].append(claim)
        guard Int.random(in: 0...1, using: &random) == 0, let next = queue.next() else { continue }
        let newest = model[next.publisher]?.max { $1.isNewer(than: $0) }
        #expect(next.claim == newest)
        model[next.publisher]?.removeAll { $0 == newest }
    }
    #expect(queue.count == model.values.reduce(0) { $0 + $1.count })
    var left = 0
    while let next = queue.next() {
        left += 1
        #expect(model[next.publisher]?.contains(next.claim) == true)
    }
    #expect(left == model.values.reduce(0) { $0 + $1.count } && queue.count == 0)
}

@Test func aFloodOfOnePublisherIsLeftToTheSpoolAndToldOnce() {
    var queue = ClaimQueue()
    let flood = ClaimQueue.limitPerPublisher + 1
    for number in 0..<flood { queue.add(claim("\(number).json", time: UInt64(number)), of: publisher(0)) }
    #expect(queue.count == flood / 2)
    #expect(queue.claims(of: publisher(0)).count == flood / 2)
    // Nothing is read again before what is in memory is used up.
    #expect(queue.takeExhausted() == nil)
    #expect(queue.next()?.claim.name == FileName("\(flood - 1).json".utf8))
    while queue.next() != nil {}
    #expect(queue.count == 0 && queue.hasExhausted { $0 == publisher(0) })
    #expect(queue.takeExhausted() == publisher(0))
    #expect(queue.takeExhausted() == nil && queue.count == 0)
}

@Test func theQueueIsBoundedWhateverItsPublishersDo() {
    var queue = ClaimQueue()
    var number: UInt64 = 0
    for handler in 0..<40 {
        for _ in 0..<2000 {
            number += 1
            queue.add(claim("\(number).json", time: number), of: publisher(handler))
        }
    }
    #expect(queue.count <= ClaimQueue.limit + 40 * ClaimQueue.leastPerPublisher)
    // Each publisher is still there, in memory or as one to read again.
    for handler in 0..<40 {
        #expect(queue.hasClaim { $0 == publisher(handler) } || queue.hasExhausted { $0 == publisher(handler) })
    }
    #expect(queue.claims(of: publisher(39)).count >= ClaimQueue.leastPerPublisher)
}
