internal import SystemCalls
internal import SystemPackage

/// From the start of the program to the last byte of NDJSON, over files that were laid out before.
struct DrainMeasurement {
    let programs: Programs
    let scratch: ScratchDirectory
    let rounds: Int

    private static let handlers = 200
    private static let filesOfEach = 6
    private static let eventsOfEach = 60
    private static let messageBytes = 200
    static var files: Int { handlers * filesOfEach }
    static var events: Int { files * eventsOfEach }
    /// In seconds.
    static let bar = 0.8

    func measure(into results: inout Results) throws {
        var floor: [Double] = []
        var times: [String: [Double]] = ["collect": [], "run": []]
        var processor: [String: [Double]] = ["collect": [], "run": []]
        for _ in 0..<rounds {
            floor.append(try drainFloor())
            for command in ["collect", "run"] {
                let (time, ending) = try drain(command)
                times[command, default: []].append(time)
                processor[command, default: []].append(ending.userTime + ending.systemTime)
            }
        }
        results.keep(floor, as: "drain.floor")
        for command in ["collect", "run"] {
            let own = times[command, default: []]
            results.keep(own, as: "drain.\(command)")
            results.keep(processor[command, default: []], as: "drain.\(command).cpu")
            results.add(
                "drain, \(Self.events) events in \(Self.files) files, `telltale \(command)`",
                of: Figures(own).median, atMost: Self.bar, note: " (floor \(FigureText.time(Figures(floor).median)))",
                text: FigureText.time)
        }
    }

    /// A site with all that is drained.
    func layOut() throws -> Site {
        let site = try Site(on: scratch, telltale: programs.telltale)
        let text = EventText.file(events: Self.eventsOfEach, messageBytes: Self.messageBytes)
        try site.layOut(handlers: Self.handlers, files: Self.filesOfEach, holding: text)
        return site
    }

    private func drainFloor() throws -> Double {
        let site = try layOut()
        let program = try RunningProgram(
            programs.floor, ["drain", site.log.string], in: scratch, expecting: .lines(Self.files))
        let time = try waitForLines(of: program)
        _ = try program.waitForEnd(within: 10)
        return time
    }

    private func drain(_ command: String) throws -> (time: Double, ending: Kernel.Ending) {
        let site = try layOut()
        let program =
            command == "run"
            ? try site.run(expecting: .lines(Self.events)).program
            : try site.collect(expecting: .lines(Self.events))
        let time = try waitForLines(of: program)
        let ending = try command == "run" ? program.stop() : program.waitForEnd(within: 30)
        guard ending.exitCode == 0 else { throw program.failure("failed") }
        guard let (lines, _) = program.lines.waitForEnd(within: 10), lines == Self.events else {
            throw program.failure("did not write exactly \(Self.events) lines")
        }
        return (time, ending)
    }

    private func waitForLines(of program: RunningProgram) throws -> Double {
        guard let last = program.lines.waitForAll(within: 120) else {
            throw program.failure("did not deliver everything within 120 s")
        }
        return Double(last - program.started) / 1_000_000_000
    }
}
