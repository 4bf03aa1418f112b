import SystemCalls
import Testing

@Suite struct MonitorTests {
    @Test func aWaitEndsWithTheWakeUpThatBringsWhatItLooksFor() throws {
        let monitor = Monitor(0)
        let thread = try Thread(named: "setter") {
            for number in 1...3 {
                monitor.withLock { $0 = number }
                monitor.wake()
            }
        }
        #expect(monitor.wait { $0 == 3 ? $0 * 2 : nil } == 6)
        thread.join()
    }

    @Test func aTimeoutEndsAWait() {
        let monitor = Monitor(0)
        let start = Clocks.monotonicNanoseconds()
        #expect(monitor.wait(atMost: .milliseconds(20)) { $0 == 1 ? true : nil } == nil)
        #expect(Clocks.monotonicNanoseconds() - start >= 20_000_000)
    }

    @Test func whatIsThereAlreadyNeedsNoWait() {
        #expect(Monitor(1).wait(atMost: .zero) { $0 } == 1)
    }
}
