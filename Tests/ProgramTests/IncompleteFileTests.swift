import Foundation
import ProgramTestKit
import Testing

/// The two parts in which a publisher writes a file.
private struct TwoParts {
    let first: String
    let rest: String

    init(_ message: String) {
        let whole = "[\(EventPublisher.event(message)), \(EventPublisher.event(message + ", second"))]"
        first = String(whole.prefix(whole.count / 3))
        rest = String(whole.dropFirst(whole.count / 3))
    }

    /// Opens the file again by its name and appends the rest, when it is to be found.
    ///
    /// For the instant in which telltale looks at a claim, the name is not there.
    func append(to path: String) throws {
        guard try eventually({ try DirectoryCalls.write(rest, to: path, O_APPEND) }) else {
            throw TestKitError("\(path) is gone")
        }
    }
}

@Test func halfAFileIsWaitedForWithoutHoldingUpOthers() throws {
    let root = try WatchedLogRoot()
    let slow = try root.publisher("Test.Slow")
    let other = try root.publisher("Test.Other")
    let parts = TwoParts("late")
    try slow.writeInPlace("1.json", parts.first)
    let completing = BackgroundWork { [directory = slow.directory] _ in
        // The publisher's pause, not this test's.
        Thread.sleep(forTimeInterval: 2)
        try parts.append(to: "\(directory)/1.json")
    }
    for number in 1...20 {
        try other.publish("\(number).json", EventPublisher.event("other \(number)"))
        try #require(root.waitForEvent("other \(number)"))
    }
    #expect(try !root.messages().contains("late"))
    try completing.finish()
    try #require(root.waitForEvent("late, second"))
    try root.rescan()
    let report = try root.stop()
    #expect(try root.messages().filter { $0.hasPrefix("late") } == ["late", "late, second"])
    #expect(report.handlers["Test.Slow"]?.rejectedFiles == [:])
    #expect(report.handlers["Test.Slow"]?.files == 1)
    #expect(root.claims() == [])
}

@Test func aFileThatStaysIncompleteIsRejectedAndHoldsUpNobody() throws {
    let root = try WatchedLogRoot()
    let broken = try root.publisher("Test.Broken")
    let other = try root.publisher("Test.Other")
    for number in 1...3 { try broken.publish("\(number).json", TwoParts("never").first) }
    for number in 1...20 {
        try other.publish("\(number).json", EventPublisher.event("other \(number)"))
        try #require(root.waitForEvent("other \(number)"))
    }
    try #require(root.waitForStatus("rejected 3,"))
    let report = try root.stop()
    #expect(report.handlers["Test.Broken"]?.rejectedFiles.count == 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: broken.directory) == [])
    #expect(root.claims() == [])
}

/// Lets a publisher for each pause, in microseconds, write into its directory, all at the same time, and expects that each of
/// the `count` events of each comes once.
///
/// Their messages begin with `pause` and differ.
private func expectEachOnce(
    _ count: Int, _ options: [String], pauses: [UInt32],
    writing write: @escaping @Sendable (_ directory: String, _ pause: UInt32) throws -> Void
) throws -> WrittenReport {
    let root = try WatchedLogRoot(options)
    let writing = try pauses.map { pause in
        let publisher = try root.publisher("Test.Pause\(pause)")
        return BackgroundWork { _ in try write(publisher.directory, pause) }
    }
    for work in writing { try work.finish() }
    try #require(root.waitForEvents(pauses.count * count))
    try root.rescan()
    let report = try root.stop()
    let messages = try root.messages().filter { $0.hasPrefix("pause") }
    #expect(Set(messages).count == pauses.count * count)
    #expect(messages.count == pauses.count * count)
    #expect(root.claims() == [])
    return report
}

@Test(arguments: [[], ["--quiet-window", "0"]])
func aFileOpenedAgainAfterAFirstCloseIsDeliveredOnce(_ options: [String]) throws {
    // Within the quiet window, at its edge, beyond it, and beyond the settle time.
    let pauses: [UInt32] = [0, 100, 1000, 3000, 4900, 5000, 5100, 8000, 20_000, 60_000, 240_000, 300_000, 700_000]
    _ = try expectEachOnce(3 * 2, options, pauses: pauses) { directory, pause in
        for number in 1...3 {
            let path = "\(directory)/\(number).json"
            let parts = TwoParts("pause \(pause), file \(number)")
            #expect(try DirectoryCalls.write(parts.first, to: path, O_CREAT | O_EXCL))
            usleep(pause)
            try parts.append(to: path)
        }
    }
}

/// Pauses of publishers that keep their file open, up to beyond the settle time and the interval of a second look.
private let pausesOfKeptFiles: [UInt32] = [0, 1000, 5000, 20_000, 300_000, 1_200_000]

@Test(arguments: [[], ["--quiet-window", "0"]])
func aFileWhoseWriterGoesOnThroughADescriptorItKeptIsDeliveredOnce(_ options: [String]) throws {
    _ = try expectEachOnce(2, options, pauses: pausesOfKeptFiles) { directory, pause in
        let path = "\(directory)/1.json"
        let parts = TwoParts("pause \(pause)")
        let kept = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        try DirectoryCalls.write(parts.first, to: kept)
        // A close that is not the last.
        #expect(try DirectoryCalls.write("", to: path, 0))
        usleep(pause)
        try DirectoryCalls.write(parts.rest, to: kept)
        close(kept)
    }
}

@Test(arguments: [[], ["--quiet-window", "0"]])
func aFileThatIsValidBeforeItsWriterIsDoneIsDeliveredOnceWhole(_ options: [String]) throws {
    let report = try expectEachOnce(2, options, pauses: pausesOfKeptFiles) { directory, pause in
        let path = "\(directory)/1.json"
        let kept = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        try DirectoryCalls.write("[\(EventPublisher.event("pause \(pause), first"))]", to: kept)
        #expect(try DirectoryCalls.write("", to: path, 0))
        usleep(pause)
        // In place of the bracket that closed the list.
        lseek(kept, -1, SEEK_CUR)
        try DirectoryCalls.write(",\(EventPublisher.event("pause \(pause), second"))]", to: kept)
        close(kept)
    }
    for pause in pausesOfKeptFiles { #expect(report.handlers["Test.Pause\(pause)"]?.files == 1) }
}

@Test func aFileThatTheFirstScanFindsOpenInItsWriterIsDeliveredOnceWhole() throws {
    let scratch = try ScratchDirectory()
    let publisher = try EventPublisher(root: scratch("log"), handler: "Test.Extension")
    let parts = TwoParts("open at the start")
    let kept = open("\(publisher.directory)/1.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    try DirectoryCalls.write(parts.first, to: kept)
    let root = try WatchedLogRoot(in: scratch)
    try publisher.publish("2.json", EventPublisher.event("beside"))
    try #require(root.waitForEvent("beside"))
    try DirectoryCalls.write(parts.rest, to: kept)
    close(kept)
    try #require(root.waitForEvent("open at the start, second"))
    try root.rescan()
    _ = try root.stop()
    #expect(try root.messages().filter { $0.hasPrefix("open") }.count == 2)
}
