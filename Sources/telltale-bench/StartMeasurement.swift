internal import SystemCalls

/// From the start of the service to its readiness, where very many handlers have directories.
struct StartMeasurement {
    let programs: Programs
    let scratch: ScratchDirectory
    let rounds: Int

    private static let handlers = 10_000
    /// In seconds.
    private static let bar = 1.0

    func measure(into results: inout Results) throws {
        let site = try Site(on: scratch, telltale: programs.telltale)
        for handler in 0..<Self.handlers { _ = try site.makeEvents(of: handler) }
        var times: [Double] = []
        for _ in 0..<rounds {
            let (program, ready) = try site.run(expecting: .lines(1))
            times.append(Double(ready - program.started) / 1_000_000_000)
            try program.stop()
            try site.removeSocket()
        }
        results.keep(times, as: "start.ready")
        results.add(
            "\(Self.handlers) handler directories: start to READY", of: Figures(times).median, atMost: Self.bar,
            text: FigureText.time)
    }
}
