import Foundation
import ProgramTestKit
import Testing

@Test(arguments: [0, 1000, 20_000, 100_000] as [UInt32])
func aFilePublishedByLinkIsDeliveredOnceItsTemporaryNameIsGone(pauseInMicroseconds pause: UInt32) throws {
    let root = try WatchedLogRoot()
    let publisher = try root.publisher("Test.Extension")
    for number in 1...5 {
        let temporary = "\(publisher.directory)/\(number).tmp"
        #expect(try DirectoryCalls.write(EventPublisher.event("\(number)"), to: temporary, O_CREAT | O_EXCL))
        try DirectoryCalls.makeHardLink("\(publisher.directory)/\(number).json", to: temporary)
        usleep(pause)
        unlink(temporary)
    }
    try #require(root.waitForEvents(5))
    try root.rescan()
    let report = try root.stop()
    #expect(try root.messages().filter { Int($0) != nil }.sorted() == ["1", "2", "3", "4", "5"])
    #expect(report.handlers["Test.Extension"]?.rejectedFiles == [:])
    #expect(try FileManager.default.contentsOfDirectory(atPath: publisher.directory) == [])
}

@Test(arguments: [false, true])
func aHardLinkToAFileOfSomeoneElseIsRefusedReportedOnceAndItsTargetUntouched(duringTheRun: Bool) throws {
    let scratch = try ScratchDirectory()
    let publisher = try EventPublisher(root: scratch("log"), handler: "Test.Extension")
    let target = scratch("of-someone-else.json")
    let contents = EventPublisher.event("of someone else")
    #expect(try DirectoryCalls.write(contents, to: target, O_CREAT | O_EXCL))
    if !duringTheRun { try DirectoryCalls.makeHardLink("\(publisher.directory)/1.json", to: target) }
    let root = try WatchedLogRoot(in: scratch)
    if duringTheRun { try DirectoryCalls.makeHardLink("\(publisher.directory)/1.json", to: target) }
    let reason = "NotARegularFileError: regular file with 2 links"
    let refusal = "Failed to process event file 1.json: \(reason) (of Test.Extension)"
    try #require(root.telltale.waitForError(refusal))
    for _ in 1...3 { try root.rescan() }
    let report = try root.stop()
    #expect(root.telltale.errors.components(separatedBy: refusal).count == 2)
    #expect(report.handlers["Test.Extension"]?.rejectedFiles == ["1.json": reason])
    #expect(try root.messages().allSatisfy { $0.hasPrefix("after rescan") })
    #expect(try String(contentsOfFile: target, encoding: .utf8) == contents)
    // It is younger than the residue age.
    #expect(try FileManager.default.contentsOfDirectory(atPath: publisher.directory) == ["1.json"])
    #expect(root.claims() == [])
}

@Test(arguments: SpoolPlace.allCases)
func aHardLinkMadeWhileAFileIsClaimedNeitherLosesNorRepeatsIt(_ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(["--quiet-window", "0"], spool: spool?.path)
    let publisher = try root.publisher("Test.Extension")
    for number in 1...100 {
        let path = "\(publisher.directory)/\(number).json"
        try publisher.writeInPlace("\(number).json", EventPublisher.event("\(number)"))
        link(path, root.scratch("second-name"))
        unlink(root.scratch("second-name"))
    }
    #expect(
        eventually {
            let left = (try? FileManager.default.contentsOfDirectory(atPath: publisher.directory)) ?? []
            return left.isEmpty && root.claims().isEmpty
        })
    let report = try root.stop()
    let messages = try root.messages()
    let rejected = try #require(report.handlers["Test.Extension"]).rejectedFiles.count
    #expect(Set(messages).count == messages.count)
    #expect(messages.count + rejected == 100)
}
