import Foundation
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

/// Opens a file for writing for as long as `body` runs.
private func whileWritten(_ name: FileName, in directory: Directory, _ body: () throws -> Void) throws {
    let writer = try directory.openForWriting(name, .keeping)
    try body()
    try writer.writeAll([UInt8(ascii: "x")])
}

@Test func aWriterIsToldFromNone() throws {
    let scratch = try Scratch()
    try scratch.write("x", to: "file")
    let reader = try scratch.directory.openForReading("file")
    #expect(reader.writers() == .none)
    try whileWritten("file", in: scratch.directory) { #expect(reader.writers() == .some) }
    #expect(reader.writers() == .none)
    // Another reader is no writer, and the lease is given back.
    let other = try scratch.directory.openForReading("file")
    #expect(other.writers() == .none && reader.writers() == .none)
    try whileWritten("file", in: scratch.directory) {}
}

@Test func aWriterOfAFileWithoutANameIsTold() throws {
    let scratch = try Scratch()
    try scratch.write("x", to: "file")
    let reader = try scratch.directory.openForReading("file")
    try whileWritten("file", in: scratch.directory) {
        try scratch.directory.removeFile("file")
        #expect(reader.writers() == .some)
    }
}

@Test func whatIsNoRegularFileHasUnknownWriters() throws {
    let scratch = try Scratch()
    #expect(mkfifo(scratch("fifo"), 0o600) == 0)
    #expect(try scratch.directory.openForReading("fifo").writers() == .unknown)
}

@Test(
    arguments: [
        0, 1, -1, 1_700_000_000_123_456_789, -1_000_000_000, -1_500_000_000, 999_999_999, -999_999_999,
        // The years 1678 and 2262.
        .min, .max,
    ] as [Int64])
func aModificationTimeIsKeptToTheNanosecond(time: Int64) throws {
    // tmpfs keeps any time; other file systems have a narrower range.
    let scratch = try Scratch(in: "/dev/shm")
    let file = try scratch.directory.openForWriting("file", .new)
    try file.setModified(time)
    #expect(try file.status().modified == time)
}

@Test func aTimeBeyondTheRangeIsTheEndOfTheRange() throws {
    let scratch = try Scratch(in: "/dev/shm")
    try scratch.write("", to: "file")
    for (seconds, expected) in [(-99_999_999_999, Int64.min), (99_999_999_999, Int64.max)] {
        let times = [timespec(tv_sec: seconds, tv_nsec: 5), timespec(tv_sec: seconds, tv_nsec: 5)]
        #expect(utimensat(AT_FDCWD, scratch("file"), times, 0) == 0)
        #expect(try scratch.directory.status(of: "file")?.modified == expected)
    }
}

@Test(arguments: [0, 1, 65_535, 65_536, 65_537, 100_000, 262_144, 400_000])
func readingGoesOnBehindTheLimitOfTheReadBefore(limit: Int) throws {
    let scratch = try Scratch()
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 251 ^ $0) }
    try scratch.directory.openForWriting("file", .new).writeAll(bytes)
    let file = try scratch.directory.openForReading("file")
    #expect(try file.readAll(limit: limit).elementsEqual(bytes.prefix(limit)))
    #expect(try file.readAll(limit: 1 << 20).elementsEqual(bytes.dropFirst(limit)))
    #expect(try file.readAll(limit: 5).isEmpty)
}

@Test func aFileIsCutToItsLength() throws {
    let scratch = try Scratch()
    try scratch.write("telltale", to: "file")
    try scratch.directory.openForWriting("file", .keeping).truncate(to: 4)
    #expect(try scratch.read("file") == "tell")
}

@Test func aReadingHasAPlaceOfItsOwn() throws {
    let scratch = try Scratch()
    try scratch.write("0123456789", to: "file")
    let file = try scratch.directory.openForReading("file")
    var piece = [UInt8](repeating: 0, count: 4)
    #expect(try piece.withUnsafeMutableBytes { try file.read(into: $0, at: 8) } == 2)
    #expect(try piece.withUnsafeMutableBytes { try file.read(into: $0, at: 3) } == 4)
    #expect(piece == Array("3456".utf8))
    #expect(try file.readAll(limit: 2) == Array("01".utf8))
}
