import Foundation
import ProgramTestKit
import Testing

/// What can bear an event file's name without being one.
enum Stranger: String, CaseIterable {
    case fifo = "FIFO"
    case directory
    case linkToRootOnlyEvents = "symbolic link to root-only events"
    case linkToShadow = "symbolic link to /etc/shadow"
    case linkToZeros = "symbolic link to /dev/zero"
    case danglingLink = "dangling symbolic link"
    case socket

    /// The message of the events that lie outside the log root.
    static let secret = "a secret of root"

    func make(_ path: String, in scratch: ScratchDirectory) throws {
        switch self {
        case .fifo: try DirectoryCalls.makeFIFO(path)
        case .directory: try DirectoryCalls.makeDirectory(path)
        case .linkToRootOnlyEvents: try DirectoryCalls.makeSymbolicLink(path, to: try Self.rootOnlyEvents(in: scratch))
        case .linkToShadow: try DirectoryCalls.makeSymbolicLink(path, to: "/etc/shadow")
        case .linkToZeros: try DirectoryCalls.makeSymbolicLink(path, to: "/dev/zero")
        case .danglingLink: try DirectoryCalls.makeSymbolicLink(path, to: "nowhere")
        case .socket: try DirectoryCalls.makeSocket(path)
        }
    }

    /// The reason that the report gives.
    var reason: String {
        switch self {
        case .fifo, .directory, .socket: "NotARegularFileError: \(rawValue)"
        default: "NotARegularFileError: symbolic link"
        }
    }

    /// Makes a file of valid events that only its owner may read.
    private static func rootOnlyEvents(in scratch: ScratchDirectory) throws -> String {
        let path = scratch("root-only.json")
        if try DirectoryCalls.write(EventPublisher.event(secret), to: path, O_CREAT | O_EXCL) { chmod(path, 0o600) }
        return path
    }
}

@Test(arguments: Stranger.allCases)
func aStrangerNamedLikeAnEventFileIsRefusedReportedOnceAndHarmsNobody(_ stranger: Stranger) throws {
    let scratch = try ScratchDirectory()
    let before = try EventPublisher(root: scratch("log"), handler: "Test.Before")
    try stranger.make("\(before.directory)/9.json", in: scratch)
    try before.publish("10.json", EventPublisher.event("beside, before the start"))
    let root = try WatchedLogRoot(in: scratch)
    let during = try root.publisher("Test.During")
    let other = try root.publisher("Test.Other")
    try stranger.make("\(during.directory)/9.json", in: scratch)
    try during.publish("10.json", EventPublisher.event("beside, during the run"))
    try other.publish("1.json", EventPublisher.event("of another"))
    try #require(root.waitForEvents(3))
    let refusals = ["Test.Before", "Test.During"].map {
        "Failed to process event file 9.json: \(stranger.reason) (of \($0))"
    }
    for refusal in refusals { try #require(root.telltale.waitForError(refusal)) }

    try root.rescan()
    try root.rescan()
    try during.publish("11.json", EventPublisher.event("after the rescans"))
    try #require(root.waitForEvents(6))
    let report = try root.stop()
    for refusal in refusals { #expect(root.telltale.errors.components(separatedBy: refusal).count == 2) }
    for publisher in [before, during] {
        #expect(try FileManager.default.contentsOfDirectory(atPath: publisher.directory) == ["9.json"])
    }
    #expect(report.handlers["Test.Before"]?.rejectedFiles == ["9.json": stranger.reason])
    #expect(report.handlers["Test.During"]?.rejectedFiles == ["9.json": stranger.reason])
    #expect(!(root.telltale.output.joined() + root.telltale.errors).contains(Stranger.secret))
    #expect(root.claims() == [])
}

@Test(arguments: Stranger.allCases, [SpoolPlace.beside, .onAnotherMount])
func aStrangerSwappedForAFileDuringTheRunIsNotWaitedOnNorFollowed(_ stranger: Stranger, _ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(["--quiet-window", "0", "--cap", "100000"], spool: spool?.path)
    let other = try root.publisher("Test.Other")
    let swapped = try root.publisher("Test.Swapped")
    let swapping = BackgroundWork { [scratch = root.scratch, directory = swapped.directory] work in
        let name = "\(directory)/7.json", waiting = "\(directory)/stranger"
        var round = 0
        while !work.isStopping {
            try stranger.make(waiting, in: scratch)
            // Telltale may have the name at any step, for instance to give a directory back: no step has to succeed.
            _ = try? DirectoryCalls.write(EventPublisher.event("swapped"), to: name, O_CREAT | O_NONBLOCK | O_NOFOLLOW)
            round += 1
            // The next step meets another instant of the claim each time.
            for _ in 0..<(round % 50) { _ = DirectoryCalls.kind(scratch.path) }
            if stranger == .directory { unlink(name) }
            rename(waiting, name)
            for path in [name, waiting] where unlink(path) != 0 { rmdir(path) }
        }
    }
    for number in 1...50 {
        try other.publish("\(number).json", EventPublisher.event("other \(number)"))
        try #require(root.waitForEvent("other \(number)"))
    }
    swapping.stop()
    try swapping.finish()
    try swapped.publish("8.json", EventPublisher.event("after the swaps"))
    try #require(root.waitForEvent("after the swaps"))
    #expect(eventually { root.claims() == [] })
    _ = try root.stop()
    #expect(try root.messages().filter { $0.hasPrefix("other") }.count == 50)
    #expect(!(root.telltale.output.joined() + root.telltale.errors).contains(Stranger.secret))
    #expect(!root.telltale.errors.contains("Too many levels"))
}

/// The places in the log root where a link could stand for a directory.
enum LinkedDirectory: String, CaseIterable {
    case events = "Test.Linked/events"
    case handler = "Test.Linked"
}

@Test(arguments: LinkedDirectory.allCases, [false, true])
func aLinkInPlaceOfADirectoryIsNotFollowedAndReported(_ place: LinkedDirectory, duringTheRun: Bool) throws {
    let scratch = try ScratchDirectory()
    let outside = try EventPublisher(root: scratch("outside"), handler: "Elsewhere")
    try outside.publish("1.json", EventPublisher.event(Stranger.secret))
    func makeLink() throws {
        switch place {
        case .events:
            try FileManager.default.createDirectory(
                atPath: scratch("log/Test.Linked"), withIntermediateDirectories: true)
            try DirectoryCalls.makeSymbolicLink(scratch("log/Test.Linked/events"), to: outside.directory)
        case .handler:
            try FileManager.default.createDirectory(atPath: scratch("log"), withIntermediateDirectories: true)
            try DirectoryCalls.makeSymbolicLink(scratch("log/Test.Linked"), to: scratch("outside/Elsewhere"))
        }
    }
    if !duringTheRun { try makeLink() }
    let root = try WatchedLogRoot(in: scratch)
    if duringTheRun {
        // The directory was good and is replaced.
        let linked = try root.publisher("Test.Linked")
        try linked.publish("5.json", EventPublisher.event("of the directory"))
        try #require(root.waitForEvent("of the directory"))
        try DirectoryCalls.move(scratch("log/\(place.rawValue)"), to: scratch("moved-away"))
        try makeLink()
    }
    try #require(root.telltale.waitForError("is not followed"))
    try outside.publish("2.json", EventPublisher.event(Stranger.secret))
    try root.rescan()
    _ = try root.stop()
    #expect(!(root.telltale.output.joined() + root.telltale.errors).contains(Stranger.secret))
    #expect(try FileManager.default.contentsOfDirectory(atPath: outside.directory).sorted() == ["1.json", "2.json"])
}

@Test(arguments: ["Test.Strange", "Test.Strange/events"])
func aFileInPlaceOfADirectoryHarmsNobodyAndStays(_ place: String) throws {
    let scratch = try ScratchDirectory()
    let strange = scratch("log/\(place)")
    try FileManager.default.createDirectory(
        atPath: (strange as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try "kept".write(toFile: strange, atomically: false, encoding: .utf8)
    let root = try WatchedLogRoot(["--residue-age", "1"], in: scratch)
    try root.publisher("Test.Other").publish("1.json", EventPublisher.event("beside it"))
    try #require(root.waitForEvent("beside it"))
    try root.rescan()
    _ = try root.stop()
    #expect(try String(contentsOfFile: strange, encoding: .utf8) == "kept")
}
