import Foundation
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@Test func noLinkIsFollowed() throws {
    let scratch = try Scratch()
    let directory = scratch.directory
    try scratch.write("secret", to: "file")
    try directory.makeDirectory("inner")
    #expect(symlink("file", scratch("link")) == 0 && symlink("inner", scratch("links")) == 0)
    #expect(symlink("nowhere", scratch("dangling")) == 0)
    #expect(throws: Errno.tooManySymbolicLinkLevels) { _ = try directory.openForReading("link") }
    #expect(throws: Errno.tooManySymbolicLinkLevels) { _ = try directory.openForWriting("link", .keeping) }
    #expect(throws: Errno.tooManySymbolicLinkLevels) { _ = try directory.openForWriting("dangling", .appending) }
    #expect(throws: Errno.fileExists) { _ = try directory.openForWriting("dangling", .new) }
    #expect(throws: Errno.notDirectory) { _ = try Directory(named: "links", in: directory) }
    #expect(throws: Errno.tooManySymbolicLinkLevels) { _ = try OwnedDescriptor(reading: FilePath(scratch("link"))) }
    #expect(throws: Errno.tooManySymbolicLinkLevels) {
        _ = try OwnedDescriptor(appendingTo: FilePath(scratch("dangling")))
    }
    #expect(try directory.status(of: "link")?.kind == .symbolicLink)
    #expect(try FileStatus.ofPath(FilePath(scratch("link"))).kind == .symbolicLink)
    #expect(try directory.status(of: "nowhere") == nil)
    try directory.removeFile("link")
    #expect(try scratch.read("file") == "secret")
}

@Test func openingAFIFONeverBlocks() throws {
    let scratch = try Scratch()
    #expect(mkfifo(scratch("9.json"), 0o600) == 0)
    let fifo = try scratch.directory.openForReading("9.json")
    #expect(try fifo.status().kind == .fifo)
    #expect(try fifo.readAll(limit: 10).isEmpty)
    #expect(mkfifo(scratch("unread"), 0o600) == 0)
    #expect(throws: Errno.noSuchAddressOrDevice) { _ = try OwnedDescriptor(appendingTo: FilePath(scratch("unread"))) }
}

@Test func aMoveNeverOverwrites() throws {
    let scratch = try Scratch()
    let directory = scratch.directory
    try scratch.write("a", to: "a")
    try scratch.write("b", to: "b")
    try directory.makeDirectory("inner")
    #expect(throws: Errno.fileExists) { try directory.move("a", to: directory, as: "b") }
    #expect(throws: Errno.fileExists) { try directory.move("a", to: directory, as: "inner") }
    #expect(throws: Errno.noSuchFileOrDirectory) { try directory.move("c", to: directory, as: "d") }
    #expect(try scratch.read("a") == "a" && scratch.read("b") == "b")
    let inner = try Directory(named: "inner", in: directory)
    try directory.move("a", to: inner, as: "moved")
    #expect(try directory.status(of: "a") == nil && inner.status(of: "moved")?.size == 1)
    try directory.replace("b", with: "b")
    #expect(try scratch.read("b") == "b")
}

@Test func aReplacementTakesThePlaceInOneStep() throws {
    let scratch = try Scratch()
    try scratch.write("old", to: "name")
    try scratch.write("new", to: "name.new")
    try scratch.directory.replace("name", with: "name.new")
    #expect(try scratch.read("name") == "new")
    #expect(try scratch.directory.status(of: "name.new") == nil)
}

@Test func whatIsMissingHasNoStatusAndWhatCannotBeAskedThrows() throws {
    let scratch = try Scratch()
    try scratch.write("", to: "file")
    #expect(try scratch.directory.status(of: "missing") == nil)
    #expect(throws: Errno.fileNameTooLong) {
        _ = try scratch.directory.status(of: FileName(Array(repeating: UInt8(ascii: "x"), count: 256)))
    }
    #expect(throws: Errno.notDirectory) { _ = try Directory(named: "file", in: scratch.directory) }
    #expect(throws: Errno.noSuchFileOrDirectory) { _ = try Directory(named: "missing", in: scratch.directory) }
}

@Test func aDirectoryIsMadeWithThoseAboveIt() throws {
    let scratch = try Scratch()
    let made = try Directory.make(at: FilePath(scratch("a/b/c")))
    #expect(try made.status().inode == Directory(at: FilePath(scratch("a/b/c"))).status().inode)
    #expect(try Directory.make(at: FilePath(scratch("a/b/c"))).status() == made.status())
    try scratch.write("", to: "file")
    #expect(throws: Errno.notDirectory) { _ = try Directory.make(at: FilePath(scratch("file/d"))) }
    #expect(throws: Errno.notDirectory) { _ = try Directory.make(at: FilePath(scratch("file"))) }
}

@Test func openingForWritingKeepsCreatesOrAppendsAsAskedFor() throws {
    let scratch = try Scratch()
    let directory = scratch.directory
    try directory.openForWriting("file", .keeping).writeAll([1, 2, 3])
    try directory.openForWriting("file", .keeping).writeAll([9])
    try directory.openForWriting("file", .appending).writeAll([4])
    #expect(try directory.openForReading("file").readAll(limit: 100) == [9, 2, 3, 4])
    #expect(throws: Errno.fileExists) { _ = try directory.openForWriting("file", .new) }
}

@Test func eachOfTenThousandNamesIsToldOnce() throws {
    let scratch = try Scratch()
    let expected = (0..<10_000).map { FileName("\($0)\(String(repeating: "x", count: $0 % 200))".utf8) }
    for name in expected { _ = try scratch.directory.openForWriting(name, .new) }
    let told = try names(in: scratch.directory)
    #expect(told.count == expected.count && Set(told) == Set(expected))
    // And again from the beginning.
    #expect(try names(in: scratch.directory).count == expected.count)
}

@Test(arguments: ["/tmp", "/dev/shm"])
func namesThatStayAreToldOnceWhileOthersComeAndGo(base: String) throws {
    let scratch = try Scratch(in: base)
    let staying = (0..<3000).map { FileName("stays-\($0)".utf8) }
    for name in staying { _ = try scratch.directory.openForWriting(name, .new) }
    for number in 0..<1500 { _ = try scratch.directory.openForWriting(FileName("goes-\(number)".utf8), .new) }
    let entries = try scratch.directory.entries()
    var told: [FileName: Int] = [:], going = 0
    while true {
        let next = try entries.next()
        if next.isEmpty { break }
        for entry in next { told[entry.name, default: 0] += 1 }
        for _ in 0..<50 where going < 1500 {
            try scratch.directory.removeFile(FileName("goes-\(going)".utf8))
            _ = try scratch.directory.openForWriting(FileName("comes-\(going)".utf8), .new)
            going += 1
        }
    }
    #expect(staying.allSatisfy { told[$0] == 1 })
}

@Test func entriesTellTheirKind() throws {
    let scratch = try Scratch()
    try scratch.write("", to: "file")
    try scratch.directory.makeDirectory("directory")
    #expect(symlink("file", scratch("link")) == 0 && mkfifo(scratch("fifo"), 0o600) == 0)
    var kinds: [FileName: FileStatus.Kind] = [:]
    for entry in try scratch.directory.entries().next() {
        kinds[entry.name] = try entry.kind ?? scratch.directory.status(of: entry.name)?.kind
    }
    #expect(kinds == ["file": .regular, "directory": .directory, "link": .symbolicLink, "fifo": .fifo])
}

@Test func aNameOfAnyBytesIsKept() throws {
    let scratch = try Scratch()
    let name = FileName((1...255).filter { $0 != UInt8(ascii: "/") })
    _ = try scratch.directory.openForWriting(name, .new)
    #expect(try names(in: scratch.directory) == [name])
    try scratch.directory.removeFile(name)
    #expect(try names(in: scratch.directory).isEmpty)
}

@Test func aHeldDirectoryIsUsedWhereverItWasMoved() throws {
    let scratch = try Scratch()
    try scratch.directory.makeDirectory("before")
    let held = try Directory(named: "before", in: scratch.directory)
    try scratch.directory.move("before", to: scratch.directory, as: "after")
    _ = try held.openForWriting("file", .new)
    #expect(FileManager.default.fileExists(atPath: scratch("after/file")))
    #expect(try Directory(at: FilePath(held.descriptorPath)).status().inode == held.status().inode)
}
