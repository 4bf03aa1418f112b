internal import SystemCalls

/// The latency to sinks that send, and beside one that gets nowhere.
extension LatencyMeasurement {
    /// In seconds.
    private static let wireBars = (p50: 0.0005, p99: 0.0015)
    /// How much a sink that gets nowhere may cost the others.
    private static let blackHoleBar = 1.1
    /// What the dead sink owes before the latency is measured: several times the bytes in flight.
    private static let owed = (handlers: 200, files: 3, events: 60, messageBytes: 200)
    private static var owedEvents: Int { owed.handlers * owed.files * owed.events }

    /// From the rename of an event file to the arrival of the body that has its event at a local HTTP server.
    func measureWire(into results: inout Results) throws {
        var wire = Percentiles()
        for _ in 0..<rounds {
            var site = try Site(on: scratch, telltale: programs.telltale)
            let events = try site.makeEvents(of: 0)
            let table = ArrivalTable(count: eventsOfARound)
            let server = try LoopbackServer(expecting: .arrivals(table))
            site.outputs = SinkOptions.wireServer(server)
            let (program, _) = try site.run(Self.uncapped + Self.undebounced, expecting: .lines(1))
            wire.add(try publish(table, into: events, of: program, to: server))
        }
        wire.keep(as: "wireLatency.telltale", in: &results)
        let what = "latency, rename to body at a wire server, debounce off, \(PacedPublisher.rate) files/s"
        results.add(what + ", p50", of: Figures(wire.p50).median, atMost: Self.wireBars.p50, text: FigureText.time)
        results.add(what + ", p99", of: Figures(wire.p99).median, atMost: Self.wireBars.p99, text: FigureText.time)
    }

    /// The latency of NDJSON alone, and beside an OTLP server that accepts connections and never answers, in turn.
    func measureBlackHole(into results: inout Results) throws {
        var alone = Percentiles()
        var beside = Percentiles()
        for _ in 0..<rounds {
            alone.add(try owingRound(SinkOptions.ndjson))
            let server = try LoopbackServer(expecting: .nothing)
            beside.add(try owingRound(SinkOptions.ndjson + SinkOptions.otlp(server)))
        }
        alone.keep(as: "blackHole.alone", in: &results)
        beside.keep(as: "blackHole.beside", in: &results)
        let what =
            "latency to NDJSON beside OTLP into a black hole that owes \(Self.owedEvents) events, debounce off, "
            + "\(PacedPublisher.rate) files/s"
        results.add(
            what + ", p50", of: Figures(beside.p50).median, against: Figures(alone.p50).median, named: "alone",
            atMost: Self.blackHoleBar, text: FigureText.time)
        results.add(
            what + ", p99", of: Figures(beside.p99).median, against: Figures(alone.p99).median, named: "alone",
            atMost: Self.blackHoleBar, text: FigureText.time)
    }

    /// The same with and without the dead sink: first a backlog, then what is measured.
    private func owingRound(_ outputs: [String]) throws -> Figures {
        var site = try Site(on: scratch, telltale: programs.telltale)
        site.outputs = outputs
        let text = EventText.file(events: Self.owed.events, messageBytes: Self.owed.messageBytes)
        try site.layOut(handlers: Self.owed.handlers, files: Self.owed.files, holding: text)
        let events = try site.makeEvents(of: Self.owed.handlers)
        let table = ArrivalTable(count: eventsOfARound)
        let (program, _) = try site.run(
            Self.uncapped + Self.undebounced, expecting: .arrivals(table, after: Self.owedEvents))
        guard program.lines.waitForBeginning(within: 60) else {
            throw program.failure("did not write the backlog of \(Self.owedEvents) events within 60 s")
        }
        return try publish(table, into: events, of: program)
    }
}
