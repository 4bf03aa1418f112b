import SystemCalls
import TelemetryEvents
import Testing

@testable import Collection

private func entry(_ time: UInt64, of handler: FileName = "Acme", bytes: Int = 4096) -> RejectedIndex.Entry {
    .init(
        publisher: .handler(handler), claim: ClaimID(time: time, counter: 0), name: FileName("\(time)".utf8),
        bytes: bytes)
}

@Test func beyondABoundTheOldestGoAndNeverTheNewOne() {
    var limits = RejectedLimits()
    limits.files = 5
    limits.filesPerPublisher = 3
    limits.bytes = 52_000
    var index = RejectedIndex(limits)
    for time in 1...3 { #expect(index.add(entry(UInt64(time))).isEmpty) }
    // Files of one publisher.
    #expect(index.add(entry(4)).map(\.claim.time) == [1])
    // Files in all: whoever holds the oldest.
    #expect(index.add(entry(5, of: "Beta")).isEmpty)
    #expect(index.add(entry(6, of: "Beta")).isEmpty)
    #expect(index.add(entry(7, of: "Beta")).map(\.claim.time) == [2])
    #expect(index.count == 5)
    // Bytes of one publisher: a quarter of all.
    #expect(index.add(entry(8, of: "Gamma", bytes: 8192)).map(\.claim.time) == [3])
    #expect(index.add(entry(9, of: "Gamma", bytes: 8192)).map(\.claim.time) == [8])
    // One that came late is the oldest, and stays.
    #expect(index.add(entry(0, of: "Delta", bytes: 12_000)).map(\.claim.time) == [4])
    #expect(index.bytes == 3 * 4096 + 8192 + 12_000)
}

@Test func bytesInAllAreBoundedAcrossPublishers() {
    var limits = RejectedLimits()
    limits.bytes = 40_000
    var index = RejectedIndex(limits)
    var gone: [UInt64] = []
    for time in 1...20 {
        gone += index.add(entry(UInt64(time), of: FileName("\(time % 7)".utf8), bytes: 5000)).map(\.claim.time)
        #expect(index.bytes <= 40_000)
    }
    #expect(gone == gone.sorted() && index.count == 8)
}

@Test func whatIsOlderThanTheLimitExpires() {
    var limits = RejectedLimits()
    limits.age = 100
    var index = RejectedIndex(limits)
    for time in [10, 20, 30] as [UInt64] { _ = index.add(entry(time)) }
    #expect(index.takeExpired(at: 120).map(\.claim.time) == [10])
    #expect(index.takeExpired(at: 120).isEmpty)
    // A clock that was set back expires nothing.
    #expect(index.takeExpired(at: 5).isEmpty)
    #expect(!index.isEmpty(of: .handler("Acme")))
    #expect(index.takeExpired(at: .max).map(\.claim.time) == [20, 30])
    #expect(index.isEmpty(of: .handler("Acme")) && index.bytes == 0)
}

@Test func whatBelongsToOneClaimGoesTogetherAndNothingGoesForItsOwn() {
    var limits = RejectedLimits()
    limits.filesPerPublisher = 3
    var index = RejectedIndex(limits)
    for time in [1, 1, 2] as [UInt64] { #expect(index.add(entry(time)).isEmpty) }
    #expect(index.add(entry(3)).map(\.claim.time) == [1, 1])
    #expect(index.count == 2)
    // A claim that is beyond the bound by itself.
    var own = RejectedIndex(limits)
    for _ in 1...5 { #expect(own.add(entry(1)).isEmpty) }
    #expect(own.add(entry(2)).map(\.claim.time) == [1, 1, 1, 1, 1])
}

@Test(arguments: [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [3, 5, 1, 4, 2]] as [[UInt64]])
func ofWhatIsThereAtTheStartTheNewestStayInWhateverOrderItIsFound(times: [UInt64]) {
    var limits = RejectedLimits()
    limits.filesPerPublisher = 3
    var index = RejectedIndex(limits)
    #expect(index.takeUp(times.map { entry($0) }).map(\.claim.time) == [1, 2])
    #expect(index.count == 3)
    // A bound that was lowered to nothing leaves nothing.
    limits.bytes = 0
    var none = RejectedIndex(limits)
    #expect(none.takeUp(times.map { entry($0) }).count == 5)
    #expect(none.bytes == 0 && none.isEmpty(of: .handler("Acme")))
}
