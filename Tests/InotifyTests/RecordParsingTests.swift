import ProgramTestKit
import SystemCalls
import Testing

@testable import Inotify

/// Masks that no watch asks for (linux/inotify.h).
private enum Mask {
    static let unmount: UInt32 = 0x2000
    static let overflow: UInt32 = 0x4000
    static let ignored: UInt32 = 0x8000
    static let isDirectory: UInt32 = 0x4000_0000
    static let access: UInt32 = 0x1
}

/// A record as the kernel writes it: the name with a NUL behind it, padded to the size of the fixed part.
private func record(watch: Int32 = 1, _ mask: UInt32, _ name: [UInt8] = []) -> [UInt8] {
    var padded = name
    if !name.isEmpty {
        repeat { padded.append(0) } while padded.count % 16 != 0
    }
    return [UInt32(bitPattern: watch), mask, 77, UInt32(padded.count)]
        .flatMap { number in withUnsafeBytes(of: number) { Array($0) } } + padded
}

/// What is told of `bytes`, and where the parser stopped when it did.
private func parse(_ bytes: [UInt8]) -> (records: [InotifyRecord], malformedAt: Int?) {
    var records: [InotifyRecord] = []
    do {
        try bytes.withUnsafeBytes { try InotifyRecords.forEach(in: $0) { records.append($0) } }
        return (records, nil)
    } catch let error as InotifyRecords.Malformed {
        return (records, error.offset)
    } catch {
        Issue.record("\(error)")
        return (records, nil)
    }
}

private func event(
    watch: Int32 = 1, _ kind: InotifyEvent.Kind, isDirectory: Bool = false
) -> InotifyRecord {
    .event(InotifyEvent(watch: WatchDescriptor(rawValue: watch), kind: kind, isDirectory: isDirectory))
}

@Test func aNameOfAnyLengthComesWhole() {
    for length in 1...255 {
        let name = (0..<length).map { UInt8(1 + ($0 * 7 + length) % 255) }
        let parsed = parse(record(WatchEvents.movedIn.rawValue, name))
        #expect(parsed.records == [event(.movedIn(FileName(name)))])
        #expect(parsed.malformedAt == nil)
    }
}

@Test(arguments: [1, 2, 3] as [UInt64])
func manyRecordsComeInTheirOrder(seed: UInt64) {
    var random = RepeatableRandom(seed: seed)
    var bytes: [UInt8] = [], expected: [InotifyRecord] = []
    for number in 0..<500 {
        let name = (0..<Int.random(in: 1...255, using: &random)).map { _ in UInt8.random(in: 1...255, using: &random) }
        bytes += record(watch: Int32(number), WatchEvents.closedAfterWriting.rawValue, name)
        expected.append(event(watch: Int32(number), .closedAfterWriting(FileName(name))))
    }
    let parsed = parse(bytes)
    #expect(parsed.records == expected && parsed.malformedAt == nil)
}

@Test func nothingReadTellsNothing() {
    let parsed = parse([])
    #expect(parsed.records.isEmpty && parsed.malformedAt == nil)
}

@Test func aBufferThatIsCutAnywhereIsRefusedWhereTheBrokenRecordBegins() {
    let records = [
        record(WatchEvents.created.rawValue, Array("a".utf8)), record(WatchEvents.selfMoved.rawValue),
        record(WatchEvents.movedOut.rawValue, Array(repeating: 0x78, count: 255)),
        record(WatchEvents.removed.rawValue, Array("another.json".utf8)),
    ]
    let edges = records.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    let bytes = records.flatMap(\.self)
    for length in 0...bytes.count {
        let parsed = parse(Array(bytes.prefix(length)))
        let whole = edges.lastIndex { $0 <= length } ?? 0
        #expect(parsed.records.count == whole)
        #expect(parsed.malformedAt == (edges[whole] == length ? nil : edges[whole]))
    }
}

@Test func aNameSizeBeyondTheBufferIsRefused() {
    var bytes = record(WatchEvents.created.rawValue, Array("1.json".utf8))
    for size in [17, 255, UInt32.max - 15, UInt32.max] as [UInt32] {
        withUnsafeBytes(of: size) { bytes.replaceSubrange(12..<16, with: $0) }
        #expect(parse(bytes).malformedAt == 0)
        #expect(parse(bytes).records.isEmpty)
    }
}

@Test func anOverflowIsNoEvent() {
    #expect(parse(record(watch: -1, Mask.overflow)).records == [.queueOverflowed])
}

@Test func theEndOfAWatchIsToldByItsCause() {
    #expect(parse(record(watch: 9, Mask.ignored)).records == [event(watch: 9, .ignored)])
    #expect(parse(record(watch: 9, Mask.unmount)).records == [event(watch: 9, .unmounted)])
    #expect(parse(record(watch: 9, WatchEvents.selfRemoved.rawValue)).records == [event(watch: 9, .selfRemoved)])
    #expect(parse(record(watch: 9, WatchEvents.selfMoved.rawValue)).records == [event(watch: 9, .selfMoved)])
}

@Test(
    arguments: [
        (WatchEvents.created, .created("x")), (.movedIn, .movedIn("x")), (.movedOut, .movedOut("x")),
        (.removed, .removed("x")), (.closedAfterWriting, .closedAfterWriting("x")),
    ] as [(WatchEvents, InotifyEvent.Kind)])
func eachEventKeepsItsKindAndWhetherItIsADirectory(events: WatchEvents, kind: InotifyEvent.Kind) {
    #expect(parse(record(events.rawValue, Array("x".utf8))).records == [event(kind)])
    #expect(
        parse(record(events.rawValue | Mask.isDirectory, Array("x".utf8))).records == [event(kind, isDirectory: true)])
}

@Test func whatWasNotAskedForIsLeftOutAndTheNextIsTold() {
    let bytes =
        record(Mask.access, Array("1.json".utf8)) + record(WatchEvents.closedAfterWriting.rawValue)
        + record(WatchEvents.movedIn.rawValue, Array("2.json".utf8))
    #expect(parse(bytes).records == [event(.movedIn("2.json"))])
}

@Test func aNameEndsAtItsPaddingAndMayFillItsRoom() {
    // No kernel writes a name without a NUL; the parser does not rely on that.
    var bytes = record(WatchEvents.movedIn.rawValue, Array(repeating: 0x61, count: 15))
    #expect(parse(bytes).records == [event(.movedIn(FileName(Array(repeating: UInt8(0x61), count: 15))))])
    bytes[31] = 0x62
    #expect(parse(bytes).records == [event(.movedIn("aaaaaaaaaaaaaaab"))])
}
