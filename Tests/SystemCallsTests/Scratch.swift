import Foundation
import ProgramTestKit
import SystemCalls
import SystemPackage

/// A directory of a test's own, held open.
struct Scratch {
    let place: ScratchDirectory
    let directory: Directory

    init(in base: String = NSTemporaryDirectory()) throws {
        place = try ScratchDirectory(in: base)
        directory = try Directory(at: FilePath(place.path))
    }

    func callAsFunction(_ name: String) -> String { place(name) }

    /// Makes a file that holds `text`.
    func write(_ text: String, to name: FileName) throws {
        try directory.openForWriting(name, .new).writeAll(Array(text.utf8))
    }

    /// What a file holds.
    func read(_ name: FileName) throws -> String {
        String(decoding: try directory.openForReading(name).readAll(limit: 1 << 20), as: UTF8.self)
    }
}

/// All names of a directory, each as often as it was told.
func names(in directory: Directory) throws -> [FileName] {
    let entries = try directory.entries()
    var names: [FileName] = []
    while true {
        let next = try entries.next()
        if next.isEmpty { return names }
        names += next.map(\.name)
    }
}
