import Foundation
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@Test func aDirectoryKnowsItsMount() throws {
    let scratch = try Scratch()
    try scratch.directory.makeDirectory("inner")
    let mount = try scratch.directory.mountID()
    #expect(mount != nil)
    #expect(try Directory(named: "inner", in: scratch.directory).mountID() == mount)
    #expect(try Directory(at: "/proc").mountID() != mount)
}

@Test func whatCannotBeWrittenIsRefusedWithTheReason() throws {
    let scratch = try Scratch()
    try scratch.directory.requireWritable()
    try scratch.write("x", to: "file")
    try scratch.directory.requireWritable("file")
    #expect(throws: Errno.noSuchFileOrDirectory) { try scratch.directory.requireWritable("none") }
    // Root may write where the mode forbids it.
    try scratch.directory.makeDirectory("closed")
    chmod(scratch("closed"), 0o555)
    let refused = try Directory(named: "closed", in: scratch.directory)
    if getuid() != 0 { #expect(throws: Errno.permissionDenied) { try refused.requireWritable() } }
}

@Test func aLockOfAnotherIsSeenAndAFreeOneIsLeftFree() throws {
    let scratch = try Scratch()
    let holder = try scratch.directory.openForWriting("lock", .new)
    let asked = try scratch.directory.openForReading("lock")
    #expect(try !asked.isLockedByAnother())
    // The question left nothing behind that would keep another from locking.
    #expect(try holder.lockExclusively())
    #expect(try asked.isLockedByAnother())
    #expect(try asked.isLockedByAnother())
}

@Test func theTargetOfALinkIsRead() throws {
    let scratch = try Scratch()
    try DirectoryCalls.makeSymbolicLink(scratch("link"), to: "somewhere/else")
    #expect(try scratch.directory.target(ofLink: "link") == "somewhere/else")
    #expect(throws: Errno.noSuchFileOrDirectory) { try scratch.directory.target(ofLink: "none") }
}

@Test func theEnvironmentIsThatOfTheProcess() {
    let variables = Dictionary(Machine.environment().map { ($0.name, $0.value) }) { first, _ in first }
    #expect(variables["PATH"] == ProcessInfo.processInfo.environment["PATH"])
    #expect(Machine.environment().count == ProcessInfo.processInfo.environment.count)
}

@Test func theLimitOfDescriptorsIsTold() {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #expect(Machine.openFileLimit() == Int(clamping: limit.rlim_cur))
}
