import Foundation
import ProgramTestKit
import Testing

@Test(.needsTwoMounts, arguments: [false, true])
func filesClaimedFromAnotherMountAreDeliveredOnceAndLeaveNothing(publishersInMemory: Bool) throws {
    let memory = try ScratchDirectory(in: "/dev/shm"), disk = try ScratchDirectory()
    let scratch = publishersInMemory ? memory : disk
    let spool = publishersInMemory ? disk : memory
    let before = try EventPublisher(root: scratch("log"), handler: "Test.Before")
    for number in 1...30 { try before.publish("\(number).json", EventPublisher.event("before \(number)")) }
    let root = try WatchedLogRoot(in: scratch, spool: spool("spool"))
    let during = try root.publisher("Test.During")
    for number in 1...30 {
        try during.publish("\(number).json", EventPublisher.event("during \(number)"))
        try during.writeInPlace("100\(number).json", "no event")
    }
    try #require(root.waitForEvents(60))
    #expect(eventually { ((try? FileManager.default.contentsOfDirectory(atPath: during.directory)) ?? [""]).isEmpty })
    try root.rescan()
    let report = try root.stop()
    let messages = try root.messages().filter { !$0.hasPrefix("after rescan") }
    #expect(messages.count == 60)
    #expect(Set(messages).count == 60)
    #expect(report.handlers["Test.During"]?.rejectedFiles.count == 30)
    #expect(try FileManager.default.contentsOfDirectory(atPath: before.directory) == [])
    #expect(root.claims() == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: spool("spool/copying")) == [])
}

@Test(.needsTwoMounts)
func ofAnOversizeFileOnAnotherMountNoMoreIsCopiedThanAnEventFileMayHold() throws {
    let memory = try ScratchDirectory(in: "/dev/shm")
    let root = try WatchedLogRoot(spool: memory("spool"))
    let publisher = try root.publisher("Test.Extension")
    // A hole takes no room at its source. It would in a copy, so that it is no larger than a test may cost a machine.
    let size = 64 << 20
    let temporary = "\(publisher.directory)/1.tmp"
    #expect(try DirectoryCalls.write("[", to: temporary, O_CREAT | O_EXCL))
    #expect(truncate(temporary, size) == 0)
    try DirectoryCalls.move(temporary, to: "\(publisher.directory)/1.json")
    try #require(
        root.telltale.waitForError("Skipping file: \(publisher.directory)/1.json as its size is \(size) bytes"))
    #expect(try bytesWritten(by: root.telltale) < size / 2)
    let report = try root.stop()
    let reason = "OversizeFileError: \(size) bytes > 4194304"
    #expect(report.handlers["Test.Extension"]?.rejectedFiles == ["1.json": reason])
    #expect(root.claims() == [])
}

/// What the process gave to write(2) so far, as the kernel counted it (proc(5), `io`).
private func bytesWritten(by process: TelltaleProcess) throws -> Int {
    let counts = try String(contentsOfFile: "/proc/\(process.processIdentifier)/io", encoding: .utf8)
    let line = counts.split(separator: "\n").first { $0.hasPrefix("wchar: ") }
    return try #require(line.flatMap { Int($0.dropFirst("wchar: ".count)) })
}
