import Foundation
import ProgramTestKit
import Testing

@Test(arguments: SpoolPlace.allCases)
func ofWhatIsWrittenWithoutPauseEveryFileIsSentRejectedOrLeft(_ place: SpoolPlace) throws {
    let spool = try place.make()
    // The period brings a rescan while files are written.
    let root = try WatchedLogRoot(
        ["--cap", "150", "--period", "1", "--residue-age", "3600"], spool: spool?.path)
    let handlers = ["Test.One", "Test.Two", "Test.Three"]
    let publishers = try handlers.map(root.publisher)
    let written = 400
    let writing = BackgroundWork { _ in
        for number in 1...written {
            for publisher in publishers {
                let isBad = number % 10 == 0
                let contents = isBad ? "no event" : EventPublisher.event("\(publisher.directory) \(number)")
                if number % 2 == 0 {
                    try publisher.publish("\(number).json", contents)
                } else {
                    try publisher.writeInPlace("\(number).json", contents)
                }
                if number % 5 == 0 { try publisher.writeInPlace("\(number).json.tmp", "half of an ev") }
            }
        }
    }
    // Ended in the middle of it.
    try #require(root.waitForEvents(200))
    let report = try root.stop()
    try writing.finish()

    let messages = try root.messages()
    #expect(Set(messages).count == messages.count)
    let claims = root.claims()
    for (handler, publisher) in zip(handlers, publishers) {
        let left = try FileManager.default.contentsOfDirectory(atPath: publisher.directory)
        #expect(left.count { $0.hasSuffix(".tmp") } == written / 5)
        let counts = try #require(report.handlers[handler])
        let sent = messages.count { $0.hasPrefix(publisher.directory) }
        let waiting = left.count { $0.hasSuffix(".json") } + claims.count { $0.hasPrefix(handler) }
        // The report names the newest of them only; every rejected file here is one of every tenth.
        let rejected = (1...written / 10).count { counts.rejectedFiles["\($0 * 10).json"] != nil }
        #expect(rejected == counts.rejectedFiles.count)
        #expect(sent + rejected + counts.overCap + waiting == written)
    }
    #expect(report.residueRemoved == 0)
}

@Test func residueIsRemovedOnceItIsOldAndATemporaryFileInUseIsNot() throws {
    let root = try WatchedLogRoot(["--period", "1", "--residue-age", "2"])
    let publisher = try root.publisher("Test.Extension")
    let abandoned = "\(publisher.directory)/1.json.abandoned", used = "\(publisher.directory)/2.json.tmp"
    let before = Date()
    for path in [abandoned, used] { #expect(try DirectoryCalls.write("[", to: path, O_CREAT | O_EXCL)) }
    // A modification that the publisher sets tells nothing of how long the file was left alone.
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: abandoned)
    var longestPause: TimeInterval = 0
    var lastUse = Date()
    #expect(
        try eventually {
            longestPause = max(longestPause, -lastUse.timeIntervalSinceNow)
            lastUse = Date()
            _ = try DirectoryCalls.write(" ", to: used, O_APPEND)
            return DirectoryCalls.kind(abandoned) == nil
        })
    #expect(-before.timeIntervalSinceNow >= 1.9)
    longestPause = max(longestPause, -lastUse.timeIntervalSinceNow)
    // On a machine that held this test up for so long, the file was in fact left alone.
    if longestPause < 1.9 {
        #expect(DirectoryCalls.kind(used) == S_IFREG)
        #expect(try root.stop().residueRemoved == 1)
    }
}
