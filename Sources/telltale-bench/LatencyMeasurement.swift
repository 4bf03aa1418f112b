internal import Collection
internal import SystemCalls
internal import SystemPackage

/// From the rename of an event file to the reader of the NDJSON pipe, at a steady 50 files a second.
struct LatencyMeasurement {
    let programs: Programs
    let scratch: ScratchDirectory
    let rounds: Int
    let seconds: Int

    /// Events at the beginning of a round that do not count: the first ones run through cold code.
    static let warmUp = 25
    /// The contract's cap is lower than what a round publishes.
    static let uncapped = ["--cap", "1000000"]
    static let undebounced = ["--quiet-window", "0", "--max-delay", "0"]

    /// The percentiles of several rounds, in seconds.
    struct Percentiles {
        var p50: [Double] = []
        var p99: [Double] = []

        mutating func add(_ round: Figures) {
            p50.append(round.percentile(0.5))
            p99.append(round.percentile(0.99))
        }

        func keep(as name: String, in results: inout Results) {
            results.keep(p50, as: "\(name).p50")
            results.keep(p99, as: "\(name).p99")
        }
    }

    /// The floor and Telltale without debounce in turn, so that both meet the same machine.
    func measureUndebounced(into results: inout Results) throws {
        var floor = Percentiles()
        var telltale = Percentiles()
        for _ in 0..<rounds {
            floor.add(try floorRound())
            telltale.add(try telltaleRound(Self.undebounced))
        }
        floor.keep(as: "latency.floor", in: &results)
        telltale.keep(as: "latency.telltale", in: &results)
        let what = "latency, rename to reader, debounce off, \(PacedPublisher.rate) files/s"
        results.add(
            what + ", p50", of: Figures(telltale.p50).median, against: Figures(floor.p50).median, atMost: 2,
            text: FigureText.time)
        results.add(
            what + ", p99", of: Figures(telltale.p99).median, against: Figures(floor.p99).median, atMost: 3,
            text: FigureText.time)
    }

    /// Telltale with its default debounce.
    func measureDebounced(into results: inout Results) throws {
        var telltale = Percentiles()
        for _ in 0..<rounds { telltale.add(try telltaleRound([])) }
        telltale.keep(as: "debounced.telltale", in: &results)
        let quietWindow = Double(Debouncer.Settings().quietWindow) / 1_000_000_000
        results.add(
            "the same with the default debounce, p99", of: Figures(telltale.p99).median, atMost: quietWindow + 0.002,
            note: " (p50 \(FigureText.time(Figures(telltale.p50).median)))", text: FigureText.time)
    }

    var eventsOfARound: Int { Self.warmUp + seconds * Int(PacedPublisher.rate) }

    private func floorRound() throws -> Figures {
        let site = try Site(on: scratch, telltale: programs.telltale)
        let events = try site.makeEvents(of: 0)
        let table = ArrivalTable(count: eventsOfARound)
        let path = site.log.appending("Bench.Extension100000/events").string
        let program = try RunningProgram(
            programs.floor, ["watch", path], in: scratch, expecting: .arrivals(table))
        guard program.lines.waitForBeginning(within: 10) else { throw program.failure("did not become ready") }
        // It works until it is killed: it has no state that a stop would save.
        return try publish(table, into: events, of: program, ending: .kill)
    }

    private func telltaleRound(_ debounce: [String]) throws -> Figures {
        let site = try Site(on: scratch, telltale: programs.telltale)
        let events = try site.makeEvents(of: 0)
        let table = ArrivalTable(count: eventsOfARound)
        let (program, _) = try site.run(Self.uncapped + debounce, expecting: .arrivals(table))
        return try publish(table, into: events, of: program)
    }

    /// Publishes all events of the table and stops the program; answers the latencies of what its reader, or the server
    /// that it sends to, has noted in the table.
    func publish(
        _ table: ArrivalTable, into directory: Directory, of program: RunningProgram, to server: LoopbackServer? = nil,
        ending signal: Kernel.Signal = .terminate
    ) throws -> Figures {
        do {
            try PacedPublisher(directory: directory, table: table).run()
        } catch {
            throw BenchFailure("An event cannot be published below \(scratch.path): \(error)")
        }
        let completed =
            try server.map { try $0.waitForAll(from: program, within: 10) } ?? program.lines.waitForAll(within: 10)
        guard completed != nil else {
            let arrived = server?.soFar.events ?? program.lines.linesSoFar
            throw program.failure("delivered \(arrived) of \(table.count) events within 10 s of the last")
        }
        try program.stop(signal)
        return Figures(nanoseconds: table.latencies(after: Self.warmUp))
    }
}
