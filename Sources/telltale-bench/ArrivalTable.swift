internal import SystemCalls

/// When each event was published and when its line arrived, by the sequence number in its message.
///
/// Its memory is there before the first event, so that nothing is allocated between a stamp and what it stamps. The compiler
/// cannot see what makes it safe to share: only the publisher writes `published`, only the reader, or a server under its
/// lock, writes `arrived`, and both are read after the reader's or server's lock told that it is complete.
final class ArrivalTable: @unchecked Sendable {
    /// What precedes the sequence number in a message; eight digits follow.
    static let mark = Array("seq=".utf8)
    static let digits = 8

    let count: Int
    private let published: UnsafeMutablePointer<UInt64>
    private let arrived: UnsafeMutablePointer<UInt64>
    private var missing: Int

    init(count: Int) {
        self.count = count
        missing = count
        published = .allocate(capacity: count)
        published.initialize(repeating: 0, count: count)
        arrived = .allocate(capacity: count)
        arrived.initialize(repeating: 0, count: count)
    }

    deinit {
        published.deallocate()
        arrived.deallocate()
    }

    /// Takes the time of the publication that follows at once.
    @inline(__always)
    func stamp(_ sequence: Int) {
        published[sequence] = Clocks.monotonicNanoseconds()
    }

    // MARK: The reader's side

    /// Whether every event has arrived.
    var isComplete: Bool { missing == 0 }

    /// Notes what arrived; answers how many events that were new.
    ///
    /// A line of one small event is shorter than what the kernel writes to a pipe in one piece, so that none is split.
    func note(_ bytes: UnsafeRawBufferPointer, at now: UInt64) -> Int {
        let before = missing
        var position = 0
        while position + Self.mark.count + Self.digits <= bytes.count {
            guard bytes[position..<position + Self.mark.count].elementsEqual(Self.mark) else {
                position += 1
                continue
            }
            position += Self.mark.count
            let sequence = bytes[position..<position + Self.digits].reduce(0) { $0 * 10 + Int($1 & 0x0f) }
            guard sequence < count, arrived[sequence] == 0 else { continue }
            arrived[sequence] = now
            missing -= 1
        }
        return before - missing
    }

    // MARK: Afterwards

    /// From publication to arrival, in nanoseconds, without the first `warmUp` events.
    func latencies(after warmUp: Int) -> [UInt64] {
        (warmUp..<count).map { arrived[$0] - min(published[$0], arrived[$0]) }
    }
}
