internal import SystemCalls
internal import SystemPackage

/// Resident memory, idle and at the peak of draining many small files.
struct MemoryMeasurement {
    let programs: Programs
    let scratch: ScratchDirectory

    private static let handlers = 200
    private static let filesOfEach = 500
    /// In KiB.
    private static let idleBar = 16_384.0
    private static let peakBar = 32_768.0

    func measure(into results: inout Results) throws {
        let idle = try idleMemory(&results)
        results.add("resident memory, idle", of: idle, atMost: Self.idleBar, text: FigureText.mebibytes)
        let peak = try peakMemory(&results)
        results.add(
            "resident memory, peak while draining \(Self.handlers * Self.filesOfEach) files of 1 event", of: peak,
            atMost: Self.peakBar, text: FigureText.mebibytes)
    }

    private func idleMemory(_ results: inout Results) throws -> Double {
        let site = try Site(on: scratch, telltale: programs.telltale)
        _ = try site.makeEvents(of: 0)
        let (program, _) = try site.run(expecting: .lines(1))
        // What starting needed once is done by then.
        Kernel.sleep(until: Clocks.monotonicNanoseconds() + 2_000_000_000)
        let memory = try program.keepMemory(["VmRSS", "RssAnon", "RssFile"], as: "memory.idle", in: &results)
        try program.stop()
        return memory
    }

    private func peakMemory(_ results: inout Results) throws -> Double {
        let site = try Site(on: scratch, telltale: programs.telltale)
        let files = Self.handlers * Self.filesOfEach
        try site.layOut(
            handlers: Self.handlers, files: Self.filesOfEach, holding: EventText.file(events: 1, messageBytes: 200))
        let (program, _) = try site.run(["--cap", "1000000"], expecting: .lines(files))
        guard program.lines.waitForAll(within: 120) != nil else {
            throw program.failure("did not deliver \(files) files within 120 s")
        }
        let memory = try program.keepMemory(["VmHWM", "RssAnon", "RssFile"], as: "memory.peak", in: &results)
        try program.stop()
        return memory
    }
}
