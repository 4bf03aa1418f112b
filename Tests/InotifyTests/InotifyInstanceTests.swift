import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@testable import Inotify

/// A directory with an instance that watches it.
private struct Watched: ~Copyable {
    let scratch: ScratchDirectory
    let above: Directory
    let directory: Directory
    let inotify: InotifyInstance
    let watch: WatchDescriptor

    static let all: WatchEvents = [
        .closedAfterWriting, .movedIn, .movedOut, .created, .removed, .selfRemoved, .selfMoved,
    ]

    init(for events: WatchEvents = all) throws {
        let scratch = try ScratchDirectory()
        let above = try Directory(at: FilePath(scratch.path))
        try above.makeDirectory("events")
        let directory = try Directory(named: "events", in: above)
        let inotify = try InotifyInstance()
        let watch = try inotify.watch(directory, for: events)
        self.init(scratch: scratch, above: above, directory: directory, inotify: inotify, watch: watch)
    }

    private init(
        scratch: ScratchDirectory, above: Directory, directory: Directory, inotify: consuming InotifyInstance,
        watch: WatchDescriptor
    ) {
        self.scratch = scratch
        self.above = above
        self.directory = directory
        self.inotify = inotify
        self.watch = watch
    }

    /// Everything that waits, and how many reads it took.
    func readAll() throws -> (records: [InotifyRecord], reads: Int) {
        var records: [InotifyRecord] = [], reads = 0
        while try inotify.read({ records.append($0) }) { reads += 1 }
        return (records, reads)
    }

    func kinds() throws -> [InotifyEvent.Kind] {
        try readAll().records.compactMap { if case .event(let event) = $0 { event.kind } else { nil } }
    }

    func event(_ kind: InotifyEvent.Kind, isDirectory: Bool = false) -> InotifyRecord {
        .event(InotifyEvent(watch: watch, kind: kind, isDirectory: isDirectory))
    }
}

/// A name of `length` bytes, which `number` makes unlike others.
private func name(_ number: Int, length: Int) -> FileName {
    let digits = Array(String(number).utf8)
    return FileName(digits + Array(repeating: UInt8(ascii: "x"), count: max(length - digits.count, 0)))
}

@Test func aQuietInstanceTellsNothing() throws {
    let watched = try Watched()
    #expect(try watched.readAll().reads == 0)
}

@Test func theKernelsNamesOfAnyLengthComeWhole() throws {
    let watched = try Watched()
    let names = (3...255).map { name($0, length: $0) }
    for name in names { _ = try watched.directory.openForWriting(name, .new) }
    let expected = names.flatMap { [watched.event(.created($0)), watched.event(.closedAfterWriting($0))] }
    #expect(try watched.readAll().records == expected)
}

@Test func moreRecordsThanOneReadHoldsComeInOrderAndNoneIsTorn() throws {
    let watched = try Watched(for: .created)
    // Records of 272 and of 32 bytes, so that reads end at edges of every kind; the kernel's queue holds 16,384.
    let names = (0..<2000).map { name($0, length: $0 % 3 == 0 ? 255 : 6) }
    for name in names { _ = try watched.directory.openForWriting(name, .new) }
    let told = try watched.readAll()
    #expect(told.records == names.map { watched.event(.created($0)) })
    #expect(told.reads > 1)
}

@Test func ourOwnReadsTellNothing() throws {
    let watched = try Watched()
    try watched.directory.openForWriting("1.json", .new).writeAll([0x5B, 0x5D])
    _ = try watched.readAll()
    let file = try watched.directory.openForReading("1.json")
    #expect(try file.readAll(limit: 10) == [0x5B, 0x5D])
    _ = file.writers()
    _ = try watched.directory.entries().next()
    _ = try watched.directory.status(of: "1.json")
    #expect(try watched.readAll().records.isEmpty)
}

@Test func readingIsToldWhereItIsAskedForAndNotOfAFileThatWasRemovedOrMovedAway() throws {
    let watched = try Watched(for: .closedAfterReading)
    for name in ["1.json", "2.json", "3.json"] as [FileName] { _ = try watched.directory.openForWriting(name, .new) }
    _ = try watched.directory.openForReading("1.json")
    let removed = try watched.directory.openForReading("2.json")
    try watched.directory.removeFile("2.json")
    _ = consume removed
    let moved = try watched.directory.openForReading("3.json")
    try watched.directory.move("3.json", to: watched.above, as: "3.json")
    _ = consume moved
    // A listing has no name to tell.
    _ = try Directory(named: "events", in: watched.above).entries().next()
    #expect(try watched.kinds() == [.closedAfterReading("1.json")])
}

@Test func aDirectoryThatWasMovedIsWatchedByItsDescriptor() throws {
    let watched = try Watched()
    try watched.above.move("events", to: watched.above, as: "elsewhere")
    #expect(try watched.kinds() == [.selfMoved])
    let second = try InotifyInstance()
    _ = try second.watch(watched.directory, for: .created)
    _ = try Directory(named: "elsewhere", in: watched.above).openForWriting("1.json", .new)
    var told: [InotifyEvent.Kind] = []
    _ = try second.read { if case .event(let event) = $0 { told.append(event.kind) } }
    #expect(told == [.created("1.json")])
    #expect(try watched.kinds() == [.created("1.json"), .closedAfterWriting("1.json")])
}

@Test func aMoveIsToldOnBothSides() throws {
    let watched = try Watched()
    _ = try watched.above.openForWriting("1.tmp", .new)
    try watched.above.move("1.tmp", to: watched.directory, as: "1.json")
    try watched.directory.move("1.json", to: watched.above, as: "2.json")
    try watched.directory.makeDirectory("5.json")
    try watched.directory.removeDirectory("5.json")
    #expect(
        try watched.readAll().records == [
            watched.event(.movedIn("1.json")), watched.event(.movedOut("1.json")),
            watched.event(.created("5.json"), isDirectory: true), watched.event(.removed("5.json"), isDirectory: true),
        ])
}

@Test func aDirectoryThatIsRemovedEndsItsWatch() throws {
    let scratch = try ScratchDirectory()
    let above = try Directory(at: FilePath(scratch.path))
    try above.makeDirectory("events")
    let inotify = try InotifyInstance()
    let watch = try inotify.watch(Directory(named: "events", in: above), for: Watched.all)
    try above.removeDirectory("events")
    var told: [InotifyRecord] = []
    _ = try inotify.read { told.append($0) }
    #expect(
        told == [.selfRemoved, .ignored].map { .event(.init(watch: watch, kind: $0, isDirectory: false)) })
}

@Test func aWatchThatIsTakenBackTellsThatItIsGoneAndNothingMore() throws {
    let watched = try Watched()
    watched.inotify.remove(watched.watch)
    watched.inotify.remove(watched.watch)
    _ = try watched.directory.openForWriting("1.json", .new)
    #expect(try watched.kinds() == [.ignored])
}

@Test func theSameDirectoryKeepsItsWatchAndTheEventsAskedForEarlier() throws {
    let watched = try Watched(for: .created)
    #expect(try watched.inotify.watch(watched.directory, for: .removed) == watched.watch)
    _ = try watched.directory.openForWriting("1.json", .new)
    try watched.directory.removeFile("1.json")
    #expect(try watched.kinds() == [.created("1.json"), .removed("1.json")])
}

@Test func onlyDirectoriesAreWatched() throws {
    let watched = try Watched()
    let second = try watched.inotify.watch(Directory(at: FilePath(watched.scratch.path)), for: .created)
    #expect(second != watched.watch)
}
