internal import SystemCalls

/// From the start of the program to the arrival of the last body at a local HTTP server, over the same files.
extension DrainMeasurement {
    func measureWire(into results: inout Results) throws {
        let commands = ["collect", "run"]
        var times: [String: [Double]] = [:]
        for _ in 0..<rounds {
            for command in commands { times[command, default: []].append(try drainToServer(command)) }
        }
        for command in commands {
            let own = times[command, default: []]
            results.keep(own, as: "wireDrain.\(command)")
            results.add(
                "drain to a wire server, \(Self.events) events in \(Self.files) files, `telltale \(command)`",
                of: Figures(own).median, atMost: Self.bar, text: FigureText.time)
        }
    }

    private func drainToServer(_ command: String) throws -> Double {
        var site = try layOut()
        let server = try LoopbackServer(expecting: .events(Self.events))
        site.outputs = SinkOptions.wireServer(server)
        let program =
            command == "run" ? try site.run(expecting: .lines(1)).program : try site.collect(expecting: .lines(1))
        guard let last = try server.waitForAll(from: program, within: 120) else {
            throw program.failure("sent only \(server.soFar.events) of \(Self.events) events")
        }
        let ending = try command == "run" ? program.stop() : program.waitForEnd(within: 30)
        guard ending.exitCode == 0 else { throw program.failure("failed") }
        guard server.soFar.events == Self.events else {
            throw program.failure("sent \(server.soFar.events) events, and \(Self.events) exist")
        }
        return Double(last - program.started) / 1_000_000_000
    }
}
