internal import SystemCalls
internal import Systemd

/// Telltale with every sink configured and connected, idle after it has delivered to each.
struct ConnectedMeasurement {
    let programs: Programs
    let scratch: ScratchDirectory

    private static let files = 20
    private static let eventsOfEach = 10
    private static var events: Int { files * eventsOfEach }
    /// In KiB.
    private static let memoryBar = 20_480.0
    /// In so many seconds.
    private static let wakeUpsBar = (wakeUps: 2.0, seconds: UInt64(60))
    /// Between the last delivery and what is measured, in nanoseconds.
    private static let settling: UInt64 = 5_000_000_000
    /// What was collected may be told once more a minute after it was told first; only then is the program idle.
    private static let quieting: UInt64 = 65_000_000_000

    func measureMemory(into results: inout Results) throws {
        let (memory, what) = try measure {
            try $0.keepMemory(["VmRSS", "RssAnon", "RssFile"], as: "sinksMemory", in: &results)
        }
        results.add("resident memory, idle, \(what)", of: memory, atMost: Self.memoryBar, text: FigureText.mebibytes)
    }

    func measureIdle(into results: inout Results) throws {
        let (seconds, bar) = (Self.wakeUpsBar.seconds, Self.wakeUpsBar.wakeUps)
        let (wakeUps, what) = try measure { program in
            Kernel.sleep(until: Clocks.monotonicNanoseconds() + Self.quieting)
            let start = Clocks.monotonicNanoseconds()
            let before = try program.contextSwitches()
            Kernel.sleep(until: start + seconds * 1_000_000_000)
            return Double(try program.contextSwitches().wakeUps(since: before))
        }
        results.keep([wakeUps], as: "connectedIdle.wakeUps")
        results.add("idle, \(seconds) s: wake-ups of all threads, \(what)", of: wakeUps, atMost: bar) {
            FigureText.decimal($0, 0)
        }
    }

    /// Answers the figure of a program that is connected, and what it is connected to.
    private func measure(_ figure: (RunningProgram) throws -> Double) throws -> (Double, what: String) {
        var site = try Site(on: scratch, telltale: programs.telltale)
        let wire = try LoopbackServer(expecting: .events(Self.events))
        let otlp = try TLSServer(in: scratch)
        let hasJournal = (try? JournalSocket().check()) != nil
        site.outputs = SinkOptions.ndjson + SinkOptions.wireServer(wire) + SinkOptions.otlp(otlp)
        if hasJournal { site.outputs += SinkOptions.journal }
        try site.layOut(
            handlers: 1, files: Self.files, holding: EventText.file(events: Self.eventsOfEach, messageBytes: 200))
        let (program, _) = try site.run(expecting: .lines(Self.events))
        guard program.lines.waitForAll(within: 30) != nil else {
            throw program.failure("wrote \(program.lines.linesSoFar) of \(Self.events) events within 30 s")
        }
        guard try wire.waitForAll(from: program, within: 30) != nil else {
            throw program.failure("sent only \(wire.soFar.events) of \(Self.events) events")
        }
        try otlp.waitForRequest(within: 30)
        Kernel.sleep(until: Clocks.monotonicNanoseconds() + Self.settling)
        let measured = try figure(program)
        try program.stop()
        try otlp.stop()
        let sinks = "NDJSON, wire server and OTLP over TLS connected"
        return (measured, hasJournal ? sinks + ", and the journal" : sinks + " (no journald here)")
    }
}
