import Foundation
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

/// How many descriptors this process has open.
private func openDescriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
}

/// Opens and loses everything that owns a descriptor, where opening succeeds and where it fails.
private func useEverythingOnce(in scratch: Scratch) throws {
    let directory = scratch.directory
    let file = try directory.openForWriting("file", .keeping)
    _ = try file.lockExclusively()
    _ = file.writers()
    _ = try directory.openForReading("file").readAll(limit: 5)
    _ = try Directory(at: FilePath(scratch.place.path)).status()
    _ = try names(in: directory)
    _ = try? Directory(named: "file", in: directory)
    _ = try? directory.openForReading("missing")
    _ = try? directory.openForWriting("file", .new)
    _ = try OwnedDescriptor(appendingTo: FilePath(scratch("file")))
    _ = try OwnedDescriptor(reading: FilePath(scratch("file")))
    _ = try OwnedDescriptor(duplicating: file.rawValue)
    _ = try EventCounter()
    _ = try SignalDescriptor([.hangUp])
    let timer = try DeadlineTimer()
    let poller = try Poller()
    try poller.add(timer.descriptor.rawValue, token: 1)
    _ = try poller.wait(.look)
}

// A process of its own: other tests open descriptors at the same time.
@Test func everyDescriptorIsClosedWhenItsOwnerGoes() async {
    await #expect(processExitsWith: .success) {
        let scratch = try Scratch()
        try useEverythingOnce(in: scratch)
        let before = try openDescriptors()
        for _ in 0..<100 { try useEverythingOnce(in: scratch) }
        let after = try openDescriptors()
        // Whatever leaked one would have leaked a hundred; the runtime may open a few of its own at any time.
        try #require(after - before < 100)
    }
}

@Test func noDescriptorIsInheritedByAProgramThatIsStarted() throws {
    let scratch = try Scratch()
    try scratch.write("x", to: "file")
    let directory = scratch.directory
    let reading = try directory.openForReading("file"), writing = try directory.openForWriting("file", .keeping)
    let appending = try OwnedDescriptor(appendingTo: FilePath(scratch("file")))
    let duplicate = try OwnedDescriptor(duplicating: reading.rawValue)
    let counter = try EventCounter(), timer = try DeadlineTimer(), poller = try Poller()
    try poller.add(counter.descriptor.rawValue, token: 1)
    let held = [
        reading.rawValue, writing.rawValue, appending.rawValue, duplicate.rawValue, counter.descriptor.rawValue,
        timer.descriptor.rawValue, try CInt(#require(directory.descriptorPath.split(separator: "/").last)) ?? -1,
    ]
    for descriptor in held { #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC) }
    // The owners live until here.
    withExtendedLifetime(directory) {}
    _ = (reading.rawValue, writing.rawValue, appending.rawValue, duplicate.rawValue, timer.descriptor.rawValue)
    _ = try poller.wait(.look)
}

/// Locks a file, and gives the lock back with its descriptor when it returns.
private func lockForAWhile(in directory: Directory) throws -> (own: Bool, again: Bool, other: Bool) {
    let first = try directory.openForWriting("lock", .keeping)
    let second = try directory.openForWriting("lock", .keeping)
    let own = try first.lockExclusively(), again = try first.lockExclusively()
    let other = try second.lockExclusively()
    return (own, again, try other || first.status().kind != .regular)
}

@Test func aLockExcludesOthersForAsLongAsItsDescriptorIsOpen() throws {
    let scratch = try Scratch()
    for _ in 0..<2 {
        let lock = try lockForAWhile(in: scratch.directory)
        #expect(lock == (own: true, again: true, other: false))
    }
}
