import Foundation
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@Test func theTokensOfWhatIsReadableAreTold() throws {
    let poller = try Poller()
    let first = try EventCounter(), second = try EventCounter()
    try poller.add(first.descriptor.rawValue, token: 11)
    try poller.add(second.descriptor.rawValue, token: 22)
    #expect(try poller.wait(.look).isEmpty)
    second.signal()
    #expect(try poller.wait(.untilSomethingHappens) == [22])
    first.signal()
    #expect(try Set(poller.wait(.look)) == [11, 22])
    second.reset()
    #expect(try poller.wait(.look) == [11])
    first.reset()
    #expect(try poller.wait(.look).isEmpty)
    #expect(throws: Errno.fileExists) { try poller.add(second.descriptor.rawValue, token: 1) }
}

@Test func manySignalsAreOneWakeUp() throws {
    let poller = try Poller()
    let counter = try EventCounter()
    try poller.add(counter.descriptor.rawValue, token: 1)
    for _ in 0..<1000 { counter.signal() }
    counter.reset()
    counter.reset()
    #expect(try poller.wait(.look).isEmpty)
}

@Test func aThreadIsWokenByAnother() throws {
    let woken = try EventCounter(), done = try EventCounter()
    let (wokenDescriptor, doneDescriptor) = (woken.descriptor.rawValue, done.descriptor.rawValue)
    let thread = try Thread(named: "a name that is far longer than the kernel keeps") {
        var one: UInt64 = 1
        guard let poller = try? Poller(), (try? poller.add(wokenDescriptor, token: 1)) != nil,
            (try? poller.wait(.untilSomethingHappens)) == [1]
        else { return }
        write(doneDescriptor, &one, 8)
    }
    woken.signal()
    thread.join()
    let poller = try Poller()
    try poller.add(done.descriptor.rawValue, token: 2)
    #expect(try poller.wait(.look) == [2])
    woken.reset()
}

@Test func anInstantInThePastGoesOffAtOnce() throws {
    let poller = try Poller()
    var timer = try DeadlineTimer()
    try poller.add(timer.descriptor.rawValue, token: 1)
    for instant in [0, 1, Clocks.nanosecondsSinceBoot()] {
        try timer.arm(at: instant)
        #expect(try poller.wait(.untilSomethingHappens) == [1])
        timer.reset()
        #expect(try poller.wait(.look).isEmpty)
    }
}

@Test func aTimerGoesOffNeverBeforeItsInstant() throws {
    let poller = try Poller()
    var timer = try DeadlineTimer()
    try poller.add(timer.descriptor.rawValue, token: 1)
    let instant = Clocks.nanosecondsSinceBoot() + 3_000_000
    try timer.arm(at: instant)
    #expect(try poller.wait(.untilSomethingHappens) == [1])
    #expect(Clocks.nanosecondsSinceBoot() >= instant)
}

@Test(arguments: [nil, .max, UInt64(Int64.max)] as [UInt64?])
func aTimerThatWasSetToNeverOrToTheEndOfTimeDoesNotGoOff(instant: UInt64?) throws {
    let poller = try Poller()
    var timer = try DeadlineTimer()
    try poller.add(timer.descriptor.rawValue, token: 1)
    try timer.arm(at: Clocks.nanosecondsSinceBoot() + 3_600_000_000_000)
    try timer.arm(at: instant)
    #expect(try poller.wait(.look).isEmpty)
    // And it can be set anew.
    try timer.arm(at: 1)
    #expect(try poller.wait(.untilSomethingHappens) == [1])
}

@Test func theSameInstantAsBeforeGoesOffAgainOnceItWasTakenNoteOf() throws {
    let poller = try Poller()
    var timer = try DeadlineTimer()
    try poller.add(timer.descriptor.rawValue, token: 1)
    for _ in 0..<3 {
        try timer.arm(at: 5)
        #expect(try poller.wait(.untilSomethingHappens) == [1])
        timer.reset()
    }
}

@Test func clocksRise() {
    let monotonic = Clocks.monotonicNanoseconds(), boot = Clocks.nanosecondsSinceBoot()
    #expect(Clocks.nanosecondsSinceBoot() >= boot)
    #expect(Clocks.monotonicNanoseconds() >= monotonic)
    #expect(boot >= monotonic)
}

// A process of its own: a signal goes to the whole process.
@Test func signalsAreReadFromTheirDescriptorAndEndNothing() async {
    await #expect(processExitsWith: .success) {
        let signals = try SignalDescriptor()
        try #require(signals.next() == nil)
        for signal in Signal.toServices { raise(signal.rawValue) }
        // Two of a kind that wait are one.
        raise(Signal.hangUp.rawValue)
        var told: Set<Signal> = []
        var count = 0
        while let signal = signals.next() {
            told.insert(signal)
            count += 1
        }
        try #require(told == Set(Signal.toServices) && count == 3)
    }
}

@Test func aClosedReaderIsAnErrorAndNoEnd() async {
    await #expect(processExitsWith: .success) {
        SignalDescriptor.ignoreWhatErrorsTell()
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        let writer = OwnedDescriptor(owning: ends[1])
        #expect(throws: Errno.brokenPipe) { try writer.writeAll([1]) }
        raise(SIGIO)
    }
}
