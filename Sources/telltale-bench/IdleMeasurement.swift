internal import SystemCalls

/// How often any thread of an idle Telltale wakes.
struct IdleMeasurement {
    let programs: Programs
    let scratch: ScratchDirectory
    let seconds: Int

    /// Between READY and the window: the status line that follows it is told by then, in nanoseconds.
    private static let settling: UInt64 = 3_000_000_000

    func measure(into results: inout Results) throws {
        let site = try Site(on: scratch, telltale: programs.telltale)
        _ = try site.makeEvents(of: 0)
        let (program, _) = try site.run(expecting: .lines(1))
        let start = Clocks.monotonicNanoseconds() + Self.settling
        Kernel.sleep(until: start)
        let before = try program.contextSwitches()
        Kernel.sleep(until: start + UInt64(seconds) * 1_000_000_000)
        let wakeUps = try program.contextSwitches().wakeUps(since: before)
        try program.stop()
        results.keep([Double(wakeUps)], as: "idle.wakeUps")
        results.add("idle, \(seconds) s: wake-ups of all threads", of: Double(wakeUps), atMost: 0) {
            FigureText.decimal($0, 0)
        }
    }
}
