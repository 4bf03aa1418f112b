import Foundation
import ProgramTestKit
import Testing

/// The ways in which an event file comes into its directory.
enum WayToPublish: String, CaseIterable {
    case writeInPlace = "written in place"
    case writeInManyPieces = "written in place in many pieces"
    case renameInTheDirectory = "renamed from a temporary name"
    case renameFromOutside = "renamed from another directory"
    case linkAndUnlink = "linked and the temporary name unlinked"
    case moveOfTheHandler = "moved with its handler directory"
    case moveOfTheEventsDirectory = "moved with its events directory"
    case sparseCopy = "cp --sparse=always"
    case referenceCopy = "cp --reflink=auto"
    case preservingCopy = "cp --preserve=all"
    case moveBetweenFileSystems = "mv from another file system"
    case install = "install"
    case appendingShell = "appended by a shell"

    /// Publishes a file as `Test.Extension/events/1.json`.
    func publish(_ contents: String, to root: WatchedLogRoot) throws {
        let prepared = try EventPublisher(root: root.scratch("prepared"), handler: "Test.Extension")
        try prepared.publish("1.json", contents)
        let source = "\(prepared.directory)/1.json"
        let handler = "\(root.path)/Test.Extension"
        switch self {
        case .moveOfTheHandler:
            return try DirectoryCalls.move(root.scratch("prepared/Test.Extension"), to: handler)
        case .moveOfTheEventsDirectory:
            try DirectoryCalls.makeDirectory(handler)
            return try DirectoryCalls.move(prepared.directory, to: "\(handler)/events")
        default: break
        }
        let directory = try root.publisher("Test.Extension").directory
        let target = "\(directory)/1.json"
        switch self {
        case .moveOfTheHandler, .moveOfTheEventsDirectory: break
        case .writeInPlace: _ = try DirectoryCalls.write(contents, to: target, O_CREAT | O_EXCL)
        case .writeInManyPieces:
            let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            for character in contents { try DirectoryCalls.write(String(character), to: descriptor) }
            close(descriptor)
        case .renameInTheDirectory:
            #expect(OtherCommand.succeeds(["cp", source, "\(directory)/1.tmp"]))
            try DirectoryCalls.move("\(directory)/1.tmp", to: target)
        case .renameFromOutside: try DirectoryCalls.move(source, to: target)
        case .linkAndUnlink:
            try DirectoryCalls.makeHardLink(target, to: source)
            unlink(source)
        case .sparseCopy: #expect(OtherCommand.succeeds(["cp", "--sparse=always", source, target]))
        case .referenceCopy: #expect(OtherCommand.succeeds(["cp", "--reflink=auto", source, target]))
        case .preservingCopy:
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: source)
            #expect(OtherCommand.succeeds(["cp", "--preserve=all", source, target]))
        case .moveBetweenFileSystems:
            let elsewhere = try ScratchDirectory(in: SpoolPlace.hasAnotherMount ? "/dev/shm" : NSTemporaryDirectory())
            #expect(OtherCommand.succeeds(["cp", source, elsewhere("1.json")]))
            #expect(OtherCommand.succeeds(["mv", elsewhere("1.json"), target]))
        case .install: #expect(OtherCommand.succeeds(["install", "-m", "640", source, target]))
        case .appendingShell: #expect(OtherCommand.succeeds(["sh", "-c", "cat \"$1\" >> \"$2\"", "sh", source, target]))
        }
    }
}

@Test(arguments: WayToPublish.allCases, SpoolPlace.allCases)
func everyWayToPublishIsExactlyOneDelivery(_ way: WayToPublish, _ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(spool: spool?.path)
    // Long enough for a copy to take several steps, and for a sparse one to look for holes in it.
    let filling = String(repeating: " ", count: 300_000)
    try way.publish("[\(EventPublisher.event(way.rawValue)),\(filling)\(EventPublisher.event("second"))]", to: root)
    try #require(root.waitForEvents(2))
    try root.rescan()
    try root.rescan()
    let report = try root.stop()
    let events = try root.telltale.events().filter { $0.handler == "Test.Extension" }
    #expect(events.map(\.message) == [way.rawValue, "second"])
    #expect(events.map(\.file) == ["1.json", "1.json"])
    #expect(report.handlers["Test.Extension"]?.files == 1)
    #expect(report.handlers["Test.Extension"]?.rejectedFiles == [:])
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root.path)/Test.Extension/events") == [])
    #expect(root.claims() == [])
}
