import Inotify
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@Test func theKernelTellsItsLimits() {
    let limits = InotifyLimits()
    #expect((limits.watches ?? 0) > 0)
    #expect((limits.instances ?? 0) > 0)
    #expect((limits.queuedEvents ?? 0) > 0)
}

@Test func theWatchesOfAUserAreCounted() throws {
    let scratch = try ScratchDirectory()
    let instance = try InotifyInstance()
    let count = 300
    for number in 0..<count {
        let path = FilePath(scratch("\(number)"))
        _ = try instance.watch(try Directory.make(at: path), for: .created)
    }
    // Other tests and other processes have some too.
    let use = InotifyUse(ofUser: Machine.userID())
    #expect(use.watches >= count)
    #expect(use.instances >= 1)
    #expect(InotifyUse(ofUser: 4_000_000_000).watches == 0)
    withExtendedLifetime(instance) {}
}
