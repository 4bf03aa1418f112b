import Glibc
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@testable import Collection

/// What a buffer reads of a file, of one buffer for all.
private func read(
    _ file: borrowing OwnedDescriptor, expecting size: Int, limit: Int, into buffer: inout FileBuffer
) throws -> [UInt8] {
    try buffer.withContents(of: file, expecting: size, limit: limit) { Array($0) }
}

@Test func aFileOfAnySizeIsReadWholeUpToOneByteBeyondTheLimit() throws {
    let scratch = try ScratchDirectory(in: "/dev/shm")
    let directory = try Directory(at: FilePath(scratch.path))
    var buffer = FileBuffer()
    let limit = 300_000
    for size in [0, 1, 65_535, 65_536, 65_537, 262_144, limit - 1, limit, limit + 1, 2 * limit, 5] {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        let name = FileName("\(size)".utf8)
        try directory.openForWriting(name, .new).writeAll(bytes)
        // Whatever was expected: the file may have grown or shrunk since it was looked at.
        for expected in [size, 0, 70_000, 10 * limit] {
            let file = try directory.openForReading(name)
            let contents = try read(file, expecting: expected, limit: limit, into: &buffer)
            #expect(contents.elementsEqual(bytes.prefix(limit + 1)), "\(size) bytes where \(expected) were expected")
        }
    }
}

@Test func aLimitBelowTheBuffersSizeIsKept() throws {
    let scratch = try ScratchDirectory(in: "/dev/shm")
    let directory = try Directory(at: FilePath(scratch.path))
    try directory.write("0123456789", to: "file")
    var buffer = FileBuffer()
    for limit in [0, 1, 9, 10, 11] {
        let contents = try read(directory.openForReading("file"), expecting: 10, limit: limit, into: &buffer)
        #expect(contents.count == min(10, limit + 1))
    }
}

@Test func aFileThatIsGivenInPiecesIsReadWhole() throws {
    // A socket of records gives one with each read, as a file system may that answers a part of what was asked for.
    var ends: [Int32] = [0, 0]
    #expect(socketpair(AF_UNIX, CInt(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
    let reader = OwnedDescriptor(owning: ends[0])
    do {
        let writer = OwnedDescriptor(owning: ends[1])
        for piece in ["[{\"Ver", "sion\":", " 1}]"] { try writer.writeAll(Array(piece.utf8)) }
    }
    var buffer = FileBuffer()
    #expect(try read(reader, expecting: 17, limit: 1000, into: &buffer) == Array("[{\"Version\": 1}]".utf8))
}

@Test func whatCannotBeReadThrows() throws {
    let scratch = try ScratchDirectory(in: "/dev/shm")
    let directory = try Directory(at: FilePath(scratch.path))
    try directory.makeDirectory("1.json")
    var buffer = FileBuffer()
    #expect(throws: Errno.isDirectory) {
        _ = try read(directory.openForReading("1.json"), expecting: 0, limit: 10, into: &buffer)
    }
}
