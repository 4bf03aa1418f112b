import SystemPackage
import Testing

@testable import Systemd

@Suite struct JournalSocketTests {
    @Test func aSocketThatSomeoneHoldsIsThere() throws {
        let receiver = try DatagramReceiver()
        #expect(throws: Never.self) { try JournalSocket(path: receiver.path).check() }
    }

    @Test func aSocketWhoseHolderReadsNothingHasNoRoomInTheEnd() throws {
        let receiver = try DatagramReceiver()
        let socket = JournalSocket(path: receiver.path)
        #expect(try socket.hasRoom(within: 0))
        try receiver.fill()
        #expect(try !socket.hasRoom(within: 0))
    }

    @Test func aMissingSocketSaysSo() {
        #expect(throws: Errno.noSuchFileOrDirectory) { try JournalSocket(path: "/tmp/telltale-no-such-socket").check() }
    }

    @Test func aPathThatFitsNoAddressSaysSo() {
        let path = FilePath("/" + String(repeating: "x", count: 200))
        #expect(throws: Errno.fileNameTooLong) { try JournalSocket(path: path).check() }
    }

    @Test(arguments: ["", "1", "1:", ":2", "1:2:3", "a:b", "-1:2"])
    func whatIsNoStreamIsNone(written: String) {
        #expect(JournalStream(written) == nil)
    }

    @Test func aStreamIsKnownByItsDeviceAndInode() {
        #expect(JournalStream("8:1234") != nil)
        #expect(JournalStream("8:1234") != JournalStream("8:1235"))
    }
}
