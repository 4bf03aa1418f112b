import Foundation
import ProgramTestKit
import Testing

@Test(arguments: SpoolPlace.allCases)
func twoIdenticalFilesAreTwoDeliveries(_ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(spool: spool?.path)
    let one = try root.publisher("Test.One"), two = try root.publisher("Test.Two")
    let contents = EventPublisher.event("identical")
    for publisher in [one, two] {
        try publisher.publish("1.json", contents)
        try publisher.publish("2.json", contents)
    }
    try #require(root.waitForEvents(4))
    _ = try root.stop()
    let events = try root.telltale.events()
    #expect(Set(events.map(\.id)).count == 4)
    #expect(
        events.map { "\($0.handler ?? "")/\($0.file ?? "")" }.sorted()
            == ["Test.One/1.json", "Test.One/2.json", "Test.Two/1.json", "Test.Two/2.json"])
}

@Test(arguments: SpoolPlace.allCases, [[], ["--quiet-window", "0"]])
func aNameUsedAgainAtOnceIsDeliveredEachTime(_ place: SpoolPlace, _ options: [String]) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(options, spool: spool?.path)
    let publisher = try root.publisher("Test.Extension")
    let path = "\(publisher.directory)/1.json"
    for round in 1...100 {
        let contents = EventPublisher.event("round \(round)")
        // As soon as the name is free again; the kernel gives the inode to the next file, too.
        #expect(try eventually { try DirectoryCalls.write(contents, to: path, O_CREAT | O_EXCL) })
    }
    try #require(root.waitForEvents(100))
    try root.rescan()
    _ = try root.stop()
    let events = try root.telltale.events().filter { $0.handler == "Test.Extension" }
    #expect(events.map(\.message) == (1...100).map { "round \($0)" })
    #expect(Set(events.map(\.id)).count == 100)
}

@Test(arguments: SpoolPlace.allCases)
func theLastOfSeveralFilesMovedOverOneNameIsDelivered(_ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(["--quiet-window", "0"], spool: spool?.path)
    let publisher = try root.publisher("Test.Extension")
    for round in 1...40 {
        // What a publisher overwrites itself before it was claimed is gone; the last must not be taken for the first.
        for attempt in 1...3 {
            try publisher.publish("1.json", EventPublisher.event("round \(round), \(attempt)"))
            usleep(UInt32(round * 20))
        }
        try #require(root.waitForEvent("round \(round), 3"))
    }
    _ = try root.stop()
    let messages = try root.messages()
    #expect(Set(messages).count == messages.count)
    #expect(root.claims() == [])
}
