import Foundation
import ProgramTestKit
import SystemCalls
import Testing

@Test func whoElseHasAFileOpenIsTold() throws {
    let scratch = try Scratch()
    try scratch.write("x", to: "file")
    let file = try scratch.directory.openForReading("file")
    #expect(file.holdAlone() == .none && !file.isWaitedFor)
    file.letGo()
    let reader = try scratch.directory.openForReading("file")
    #expect(file.holdAlone() == .reading)
    let writer = try scratch.directory.openForWriting("file", .keeping)
    #expect(file.holdAlone() == .writing)
    _ = consume reader
    #expect(file.holdAlone() == .writing)
    _ = consume writer
    #expect(file.holdAlone() == .none)
    #expect(mkfifo(scratch("fifo"), 0o600) == 0)
    #expect(try scratch.directory.openForReading("fifo").holdAlone() == .unknown)
}

@Test(arguments: [O_RDONLY, O_WRONLY])
func whoComesToOpenAHeldFileWaitsAndIsTold(_ access: CInt) throws {
    // The kernel tells us with this signal, too.
    SignalDescriptor.ignoreWhatErrorsTell()
    let scratch = try Scratch()
    try scratch.write("x", to: "file")
    let file = try scratch.directory.openForReading("file")
    try #require(file.holdAlone() == .none)
    let opened = Monitor(false)
    let opening = BackgroundWork { [path = scratch("file")] _ in
        let descriptor = open(path, access | O_CLOEXEC)
        opened.withLock { $0 = true }
        close(descriptor)
    }
    #expect(eventually { file.isWaitedFor })
    // It waits although the file has no name any more.
    try scratch.directory.removeFile("file")
    #expect(file.isWaitedFor && !opened.withLock { $0 })
    file.letGo()
    try opening.finish()
    #expect(opened.withLock { $0 })
}
