import Collection
import Foundation
import ProgramTestKit
import SystemPackage
import Testing

private func publish(_ text: String, from number: UInt64, into directory: String) throws -> String? {
    try EventPublication(into: FilePath(directory)).publish(Array(text.utf8), from: number).lastComponent?.string
}

@Test func aNumberThatIsTakenIsPassedAndNothingIsReplaced() throws {
    let scratch = try ScratchDirectory()
    #expect(try publish("a", from: 5, into: scratch("events")) == "5.json")
    try DirectoryCalls.makeDirectory(scratch("events/6.json"))
    try DirectoryCalls.makeSymbolicLink(scratch("events/7.json"), to: "nowhere")
    #expect(try publish("b", from: 5, into: scratch("events")) == "8.json")
    #expect(try String(contentsOfFile: scratch("events/5.json"), encoding: .utf8) == "a")
    #expect(try String(contentsOfFile: scratch("events/8.json"), encoding: .utf8) == "b")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("events")).count == 4)
}

@Test func theTemporaryFileOfAnotherIsLeftAlone() throws {
    let scratch = try ScratchDirectory()
    try DirectoryCalls.makeDirectory(scratch("events"))
    try Data("half".utf8).write(to: URL(fileURLWithPath: scratch("events/.5.json.tmp")))
    #expect(try publish("a", from: 5, into: scratch("events")) == "5.json")
    #expect(try String(contentsOfFile: scratch("events/.5.json.tmp"), encoding: .utf8) == "half")
}

@Test func whereAllNumbersAreTakenItGivesUp() throws {
    let scratch = try ScratchDirectory()
    try DirectoryCalls.makeDirectory(scratch("events"))
    for number in 0..<1000 { try DirectoryCalls.makeDirectory(scratch("events/\(number).json")) }
    let error = #expect(throws: PublicationError.self) { try publish("a", from: 0, into: scratch("events")) }
    #expect(error?.code == .namesTaken)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch("events")).count == 1000)
}

@Test func anEventFileIsNotOpenToEverybody() throws {
    let scratch = try ScratchDirectory()
    let name = try #require(try publish("a", from: 1, into: scratch("events")))
    var status = stat()
    #expect(stat(scratch("events/\(name)"), &status) == 0)
    #expect(status.st_mode & 0o027 == 0)
    #expect(status.st_mode & 0o400 != 0)
}
