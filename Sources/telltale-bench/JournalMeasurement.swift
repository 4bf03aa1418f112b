internal import SystemCalls
internal import SystemPackage

/// From the rename of an event file to the entry that sd_journal(3) can read, as a service of a systemd with a journald.
///
/// Default settings but for the cap. The bench's own threads that take the times precede all others, so that what is measured is
/// not their own waiting for a processor.
struct JournalMeasurement {
    let programs: Programs
    let scratch: ScratchDirectory
    let box: FilePath
    /// The packaged unit, whose settings of weight and priority hold.
    let unit: FilePath
    let rounds: Int
    let seconds: Int

    /// In seconds, under load.
    private static let bar = 0.025
    /// What decides how soon a service gets a processor, and whether journald takes all it says.
    private static let prefixes = [
        "Nice=", "CPUWeight=", "CPUSchedulingPolicy=", "CPUSchedulingPriority=", "IOWeight=", "IOSchedulingClass=",
        "IOSchedulingPriority=", "LogRateLimitIntervalSec=", "LogRateLimitBurst=", "TimerSlackNSec=",
    ]

    func measure(into results: inout Results) throws {
        var idle = LatencyMeasurement.Percentiles()
        var busy = LatencyMeasurement.Percentiles()
        for _ in 0..<rounds {
            idle.add(try round(underLoad: false))
            busy.add(try round(underLoad: true))
        }
        idle.keep(as: "journalLatency.idle", in: &results)
        busy.keep(as: "journalLatency.busy", in: &results)
        let p99 = (idle: Figures(idle.p99).median, busy: Figures(busy.p99).median)
        let p50 = (idle: Figures(idle.p50).median, busy: Figures(busy.p50).median)
        results.add(
            "latency, rename to journal entry, default settings, \(PacedPublisher.rate) files/s, every core kept busy by "
                + "another process, p99", of: p99.busy, atMost: Self.bar,
            note: " (p50 \(FigureText.time(p50.busy)); without load p99 \(FigureText.time(p99.idle)), p50 "
                + "\(FigureText.time(p50.idle)))",
            text: FigureText.time)
    }

    private func settings() throws -> [String] {
        do {
            let bytes = try Machine.contents(of: unit, limit: 65_536)
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
            return lines.filter { line in Self.prefixes.contains { line.hasPrefix($0) } }
        } catch {
            throw BenchFailure("\(unit) cannot be read: \(error); name packaging/systemd/telltale.service with --unit.")
        }
    }

    private func round(underLoad: Bool) throws -> Figures {
        let site = try Site(on: scratch, telltale: programs.telltale)
        let events = try site.makeEvents(of: 0)
        let box = try SystemdBox(box, seeing: programs, in: scratch)
        let options = ["run"] + site.options(LatencyMeasurement.uncapped + SinkOptions.journal)
        let command = ([programs.telltale.string] + options).joined(separator: " ")
        try box.start("telltale", ["Type=notify", "ExecStart=\(command)"] + settings())
        if underLoad {
            let loop = "for cpu in $(seq \(Machine.processors())); do while :; do :; done & done; wait"
            try box.start("load", ["ExecStart=/bin/sh -c '\(loop)'"])
        }
        let table = ArrivalTable(count: LatencyMeasurement.warmUp + seconds * Int(PacedPublisher.rate))
        do {
            let arrivals = try JournalArrivals(of: table, inMachineAt: box.root)
            let publisher = try Thread(named: "publisher") {
                Kernel.precedeOthers()
                // What is not published does not arrive, which is told.
                try? PacedPublisher(directory: events, table: table).run()
            }
            publisher.join()
            guard try arrivals.waitForAll(within: 30) else {
                throw BenchFailure("Not every event was in the journal within 30 s of the last.")
            }
        } catch let error as Errno {
            throw BenchFailure("The box's journal cannot be read: \(error)")
        }
        return Figures(nanoseconds: table.latencies(after: LatencyMeasurement.warmUp))
    }
}
