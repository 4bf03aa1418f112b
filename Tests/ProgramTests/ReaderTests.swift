import Foundation
import ProgramTestKit
import Testing

/// Another process that reads event files as a collector does: it opens one, reads it, closes it, and removes it by its name.
private struct Reader {
    let path: String
    private let descriptor: CInt

    /// Opens the file as `name`, which may be what it is called before it is published as `path`.
    init(_ path: String, opening name: String? = nil) throws {
        self.path = path
        descriptor = open(name ?? path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestKitError("open \(name ?? path): errno \(errno)") }
    }

    func close() {
        Glibc.close(descriptor)
    }

    /// Whether the file was still there to be removed.
    func remove() -> Bool {
        unlink(path) == 0
    }
}

/// Publishes `1.json` in a directory in which a reader has it open from the beginning.
private func publishOpened(by publisher: EventPublisher, _ message: String) throws -> Reader {
    let path = "\(publisher.directory)/1.json"
    try publisher.writeInPlace("1.json.tmp", EventPublisher.event(message))
    let reader = try Reader(path, opening: "\(path).tmp")
    try DirectoryCalls.move("\(path).tmp", to: path)
    return reader
}

/// Waits until telltale has decided about everything that the publisher had published: what comes later is delivered.
private func settle(_ root: WatchedLogRoot, _ publisher: EventPublisher, _ number: Int) throws {
    // Of no other publisher's, either.
    let message = "later \(number) in \(publisher.directory)"
    try publisher.publish("\(number).json", EventPublisher.event(message))
    try #require(root.waitForEvent(message))
}

/// Lets a reader take files, one after another, each until it is removed, and expects that whatever it removed is not delivered
/// and that the rest is.
///
/// Telltale leaves a file to a reader for some seconds, which on a machine that is busy with other things may be over before the reader
/// is done: what counts is that the reader is in time at last, and that each file goes to one of the two.
private func expectOneTaker(
    _ options: [String], _ place: SpoolPlace, taking take: (WatchedLogRoot, EventPublisher, Int) throws -> Bool
) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(options, spool: spool?.path)
    var taken: Set<Int> = [], left: Set<Int> = []
    for round in 1...20 where taken.isEmpty {
        let publisher = try root.publisher("Test.Round\(round)")
        // Whoever reads a file before its directory is watched is not told of.
        try settle(root, publisher, 4)
        if try take(root, publisher, round) { taken.insert(round) } else { left.insert(round) }
    }
    #expect(!taken.isEmpty)
    #expect(left.allSatisfy { root.waitForEvent("taken \($0)") })
    try root.rescan()
    _ = try root.stop()
    #expect(root.claims() == [])
    let messages = try root.messages().filter { $0.hasPrefix("taken") }
    #expect(messages.count == left.count)
    #expect(Set(messages) == Set(left.map { "taken \($0)" }))
}

@Test(arguments: SpoolPlace.allCases)
func aFileThatAReaderHasOpenIsTheReaders(_ place: SpoolPlace) throws {
    try expectOneTaker([], place) { root, publisher, round in
        let reader = try publishOpened(by: publisher, "taken \(round)")
        try settle(root, publisher, 2)
        reader.close()
        // Between its closing and its removing nobody has the file open.
        try settle(root, publisher, 3)
        return reader.remove()
    }
}

@Test(arguments: SpoolPlace.allCases)
func aFileThatWasReadBeforeItsClaimIsTheReaders(_ place: SpoolPlace) throws {
    // Time for the reader to come and go before the claim.
    try expectOneTaker(["--quiet-window", "300", "--max-delay", "300"], place) { root, publisher, round in
        try publisher.publish("1.json", EventPublisher.event("taken \(round)"))
        guard let reader = try? Reader("\(publisher.directory)/1.json") else { return false }
        reader.close()
        try settle(root, publisher, 2)
        return reader.remove()
    }
}

@Test(arguments: SpoolPlace.allCases)
func aFileThatIsReadAndLeftIsDelivered(_ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(spool: spool?.path)
    let publisher = try root.publisher("Test.Extension")
    let reader = try publishOpened(by: publisher, "read by others")
    try settle(root, publisher, 2)
    reader.close()
    #expect(root.waitForEvent("read by others"))
    try root.rescan()
    _ = try root.stop()
    #expect(try root.messages().count { $0 == "read by others" } == 1)
}

@Test(arguments: SpoolPlace.allCases)
func aReaderWhoKeepsAFileOpenOnlyDelaysIt(_ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(spool: spool?.path)
    let publisher = try root.publisher("Test.Extension")
    let reader = try publishOpened(by: publisher, "kept open")
    #expect(root.waitForEvent("kept open"))
    reader.close()
    try root.rescan()
    _ = try root.stop()
    #expect(try root.messages().count { $0 == "kept open" } == 1)
}

@Test(arguments: SpoolPlace.allCases)
func readersWhoNeverStopOnlyDelayAFile(_ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(spool: spool?.path)
    let publisher = try root.publisher("Test.Extension")
    let path = "\(publisher.directory)/1.json"
    let reading = BackgroundWork { work in
        while !work.isStopping { if let reader = try? Reader(path) { reader.close() } }
    }
    try publisher.publish("1.json", EventPublisher.event("read without end"))
    #expect(root.waitForEvent("read without end"))
    reading.stop()
    try reading.finish()
    try root.rescan()
    _ = try root.stop()
    #expect(try root.messages().count { $0 == "read without end" } == 1)
}

@Test func aFileReadWhileItWaitsForItsSecondHalfIsDeliveredOnceWhole() throws {
    let root = try WatchedLogRoot()
    let publisher = try root.publisher("Test.Extension")
    let event = EventPublisher.event("two halves")
    let half = event.count / 2
    try publisher.writeInPlace("1.json", String(event.prefix(half)))
    let reader = try? Reader("\(publisher.directory)/1.json")
    reader?.close()
    try settle(root, publisher, 2)
    #expect(
        try eventually {
            try DirectoryCalls.write(
                String(event.dropFirst(half)), to: "\(publisher.directory)/1.json", O_APPEND)
        })
    #expect(root.waitForEvent("two halves"))
    try root.rescan()
    _ = try root.stop()
    #expect(try root.messages().count { $0 == "two halves" } == 1)
}

@Test func readingOneFileDelaysNoOther() throws {
    let root = try WatchedLogRoot()
    let publisher = try root.publisher("Test.Extension")
    let reader = try publishOpened(by: publisher, "read by others")
    for number in 2...6 { try settle(root, publisher, number) }
    // The last file, which nobody reads, was not behind the first.
    #expect(root.waitForEvent("read by others"))
    reader.close()
    _ = try root.stop()
    #expect(try root.messages().first?.hasPrefix("later 2") == true)
}
