import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@testable import Collection

/// What ``FileLines`` tells of a file.
private struct Told: Equatable {
    var lines: [String] = []
    var count = 0
    var isTorn = false

    init(of contents: String) throws {
        let scratch = try ScratchDirectory()
        let directory = try Directory(at: FilePath(scratch.path))
        try directory.openForWriting("lines", .new).writeAll(Array(contents.utf8))
        var reading = FileLines(of: try directory.openForReading("lines"))
        while let line = try reading.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        count = reading.count
        isTorn = reading.isTorn
    }
}

@Test func linesAcrossTheEdgesOfPiecesAreWhole() throws {
    let lines = (0..<20_000).map { String($0) }
    let contents = lines.joined(separator: "\n") + "\n"
    let told = try Told(of: contents)
    #expect(told.lines == lines)
    #expect(told.count == contents.utf8.count)
    #expect(!told.isTorn)
}

@Test(arguments: ["", "\n", "\n\n", "one\n", "one\n\ntwo\n"])
func linesEndWithALineEnd(contents: String) throws {
    let told = try Told(of: contents)
    #expect(told.lines.map { $0 + "\n" }.joined() == contents)
    #expect(told.count == contents.utf8.count)
    #expect(!told.isTorn)
}

@Test func aLineThatWasCutOffIsToldAsTorn() throws {
    let told = try Told(of: "one\ntw")
    #expect(told.lines == ["one", "tw"])
    #expect(told.count == 6)
    #expect(told.isTorn)
}

@Test func aLineWithoutEndTakesNoMoreMemoryThanAPiece() throws {
    let told = try Told(of: String(repeating: "x", count: 1_000_000) + "\nend\n")
    #expect(told.lines.dropLast().allSatisfy { $0.utf8.count <= 131_072 })
    #expect(told.lines.dropLast().joined() == String(repeating: "x", count: 1_000_000))
    #expect(told.lines.last == "end")
}
