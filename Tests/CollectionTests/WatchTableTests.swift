import Inotify
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@testable import Collection

/// A table with directories to watch.
private final class WatchedTree {
    let scratch: ScratchDirectory
    let root: Directory
    var table = WatchTable()

    init() throws {
        scratch = try ScratchDirectory()
        root = try Directory(at: FilePath(scratch.path))
    }

    func directory(_ name: String) throws -> Directory { try Directory.make(at: FilePath(scratch(name))) }

    func watch(_ name: String, as place: WatchTable.Place) throws { try table.watch(directory(name), as: place) }

    /// The watches that told something since the last call.
    func watchesThatTold() throws -> [WatchDescriptor] {
        var watches: [WatchDescriptor] = []
        _ = try table.read { if case .event(let event) = $0 { watches.append(event.watch) } }
        return watches
    }

    /// The places that are told about when a file is made in `name`, and removed.
    func places(toldBy name: String) throws -> Set<WatchTable.Place> {
        _ = try watchesThatTold()
        let directory = try directory(name)
        _ = try directory.openForWriting("probe", .new)
        try directory.removeFile("probe")
        return try watchesThatTold().reduce(into: []) { $0.formUnion(table.places(of: $1)) }
    }
}

@Test func aWatchStandsForItsPlace() throws {
    let tree = try WatchedTree()
    #expect(tree.table.descriptor == nil)
    try tree.watch("a", as: .handler("a"))
    try tree.watch("b", as: .handler("b"))
    #expect(tree.table.descriptor != nil && tree.table.watchedCount == 2 && tree.table.unwatched.isEmpty)
    #expect(try tree.places(toldBy: "a") == [.handler("a")])
    #expect(try tree.places(toldBy: "b") == [.handler("b")])
}

@Test func oneDirectoryThatStandsForTwoPlacesHasOneWatch() throws {
    let tree = try WatchedTree()
    try tree.watch("a", as: .above(.agentEvents))
    try tree.watch("a", as: .above(.extensionLog))
    try tree.watch("a", as: .above(.extensionLog))
    #expect(tree.table.watchedCount == 1)
    #expect(try tree.places(toldBy: "a") == [.above(.agentEvents), .above(.extensionLog)])
    tree.table.unwatch(.above(.extensionLog))
    #expect(try tree.places(toldBy: "a") == [.above(.agentEvents)])
    tree.table.unwatch(.above(.agentEvents))
    #expect(try tree.places(toldBy: "a").isEmpty)
    #expect(tree.table.watchedCount == 0)
    tree.table.unwatch(.above(.agentEvents))
}

@Test func aPlaceThatMovesToAnotherDirectoryGivesUpItsWatch() throws {
    let tree = try WatchedTree()
    try tree.watch("a", as: .events(.agent))
    try tree.watch("b", as: .events(.agent))
    #expect(tree.table.watchedCount == 1)
    #expect(try tree.places(toldBy: "a").isEmpty)
    #expect(try tree.places(toldBy: "b") == [.events(.agent)])
}

@Test func aWatchThatTheKernelTookBackIsForgottenOnce() throws {
    let tree = try WatchedTree()
    try tree.watch("a", as: .handler("a"))
    try tree.root.removeDirectory("a")
    let watch = try #require(try tree.watchesThatTold().first)
    #expect(tree.table.lose(watch) == [.handler("a")])
    #expect(tree.table.lose(watch).isEmpty && tree.table.watchedCount == 0)
    // And its place can be watched anew.
    try tree.watch("a", as: .handler("a"))
    #expect(try tree.places(toldBy: "a") == [.handler("a")])
}

@Test func watchingAndUnwatchingLeavesNothingBehind() throws {
    let tree = try WatchedTree()
    let directory = try tree.directory("a")
    for number in 0..<200 {
        let place = WatchTable.Place.handler(FileName("\(number)".utf8))
        try tree.table.watch(directory, as: place)
        tree.table.unwatch(place)
    }
    #expect(tree.table.watchedCount == 0 && tree.table.unwatched.isEmpty)
}
