import Foundation
import ProgramTestKit
import Testing

@Test(arguments: [228, 229, 250], SpoolPlace.allCases)
func anEventFilesNameMayBeAsLongAsTheKernelAllows(digits: Int, _ place: SpoolPlace) throws {
    let spool = try place.make()
    let root = try WatchedLogRoot(spool: spool?.path)
    let publisher = try root.publisher("Test.Extension")
    let names = ["1", "2", "3"].map { String(repeating: $0, count: digits) + ".json" }
    for name in names { try publisher.writeInPlace(name, EventPublisher.event(name)) }
    // A long name that is used again at once.
    #expect(
        try eventually {
            try DirectoryCalls.write(
                EventPublisher.event("again"), to: "\(publisher.directory)/\(names[0])", O_CREAT | O_EXCL)
        })
    try #require(root.waitForEvents(4))
    _ = try root.stop()
    let events = try root.telltale.events()
    for name in names { #expect(events.contains { $0.file == name && $0.message == name }) }
    #expect(events.contains { $0.file == names[0] && $0.message == "again" })
    #expect(Set(events.map(\.id)).count == 4)
    #expect(try FileManager.default.contentsOfDirectory(atPath: publisher.directory) == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root.spool)/extensions/Test.Extension") == [])
}

@Test func anIncompleteFileWithALongNameIsWaitedForAndDeliveredOnce() throws {
    let root = try WatchedLogRoot()
    let publisher = try root.publisher("Test.Extension")
    let name = String(repeating: "7", count: 250) + ".json"
    let whole = EventPublisher.event("long")
    try publisher.writeInPlace(name, String(whole.prefix(40)))
    // It was claimed once when it is there again after it was gone; a test that is too late to see that sees less.
    usleep(100_000)
    #expect(
        try eventually {
            try DirectoryCalls.write(String(whole.dropFirst(40)), to: "\(publisher.directory)/\(name)", O_APPEND)
        })
    try #require(root.waitForEvent("long"))
    _ = try root.stop()
    #expect(try root.telltale.events().map(\.file) == [name])
    #expect(try FileManager.default.contentsOfDirectory(atPath: "\(root.spool)/extensions/Test.Extension") == [])
}

/// Handler names as an array of bytes, since they need not be UTF-8, and what events say of them.
private let handlerNames: [(bytes: [UInt8], told: String)] = [
    (Array("with spaces ".utf8), "with spaces "),
    (Array("line\nend".utf8), "line\nend"),
    (Array("\u{1}\u{1B}[31m\u{7F}".utf8), "\u{1}\u{1B}[31m\u{7F}"),
    (Array("\"quoted\\\"".utf8), "\"quoted\\\""),
    (Array("größe-事件-🐟".utf8), "größe-事件-🐟"),
    ([0x66, 0xFF, 0x6F, 0xC3], "f\u{FFFD}o\u{FFFD}"),
    (Array("..hidden".utf8), "..hidden"),
    (Array("*?[a]$(x)`y`;%s".utf8), "*?[a]$(x)`y`;%s"),
    ([UInt8](repeating: UInt8(ascii: "n"), count: 255), String(repeating: "n", count: 255)),
]

@Test(arguments: handlerNames.indices, [false, true])
func aHandlerMayHaveAnyNameThatTheKernelAllows(_ index: Int, duringTheRun: Bool) throws {
    let (bytes, told) = handlerNames[index]
    let scratch = try ScratchDirectory()
    try FileManager.default.createDirectory(atPath: scratch("log"), withIntermediateDirectories: true)
    let handler = Array(scratch("log/").utf8) + bytes
    // FileManager takes no name that is not UTF-8.
    func call(_ body: (UnsafePointer<CChar>) -> CInt, _ end: String) throws {
        let path = (handler + Array(end.utf8) + [0]).map { CChar(bitPattern: $0) }
        guard body(path) >= 0 else { throw TestKitError("\(told)\(end): errno \(errno)") }
    }
    func publish() throws {
        try call({ mkdir($0, 0o755) }, "")
        try call({ mkdir($0, 0o755) }, "/events")
        try call(
            {
                let descriptor = open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
                try? DirectoryCalls.write(EventPublisher.event("of a strange handler"), to: descriptor)
                return close(descriptor)
            }, "/events/1.json")
    }
    if !duringTheRun { try publish() }
    let root = try WatchedLogRoot(in: scratch)
    if duringTheRun { try publish() }
    try #require(root.waitForEvents(1))
    let report = try root.stop()
    let events = try root.telltale.events()
    #expect(events.map(\.handler) == [told])
    #expect(events.map { $0.text("EventName") } == ["\(told)-1.0"])
    #expect(report.handlers[told]?.accepted == 1)
    #expect(OtherCommand.succeeds(["rm", "-rf", scratch("log"), scratch("spool")]))
}
