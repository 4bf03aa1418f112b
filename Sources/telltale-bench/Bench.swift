internal import ArgumentParser
internal import SystemCalls
internal import SystemPackage

/// What is measured; the names are those of `--only`.
enum Measurement: String, CaseIterable, ExpressibleByArgument {
    case latency
    case debouncedLatency = "debounced-latency"
    case drain
    case idle
    case memory
    case start
    case decoding
    case redaction
    case wireDrain = "wire-drain"
    case wireLatency = "wire-latency"
    case blackHole = "black-hole"
    case sinksMemory = "sinks-memory"
    case connectedIdle = "connected-idle"
    case journalLatency = "journal-latency"
}

@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "telltale-bench",
        abstract: "Measures Telltale against its bars and prints a table in Markdown.",
        discussion: """
            Bars that are relative are measured in the same run beside telltale-floor, a C program that makes only the \
            system calls that no collector can do without. Run it on an idle machine, built with -c release. It exits \
            with 1 when a figure falls short of its bar.
            """)

    @Option(help: ArgumentHelp("Measure only this; repeatable.", valueName: "name"))
    var only: [Measurement] = []

    @Option(help: ArgumentHelp("How often everything but the idle time is measured; medians are told.", valueName: "n"))
    var rounds = 3

    @Option(help: ArgumentHelp("How long each round of a latency lasts.", valueName: "seconds"))
    var seconds = 10

    @Option(name: .customLong("idle-seconds"), help: ArgumentHelp("How long idling is watched.", valueName: "seconds"))
    var idleSeconds = 30

    @Option(help: ArgumentHelp("An existing directory for the files that are collected.", valueName: "dir"))
    var scratch = "/tmp"

    @Option(help: ArgumentHelp("The program to measure. (default: telltale beside this program)", valueName: "file"))
    var telltale: String?

    @Option(
        help: ArgumentHelp(
            "The C program to compare with. (default: telltale-floor beside this program)", valueName: "file"))
    var floor: String?

    @Option(help: ArgumentHelp("A file for every round's figures as JSON; - is standard output.", valueName: "file"))
    var json: String?

    @Option(
        help: ArgumentHelp(
            "What boots a systemd and a journald to measure in. (default: Tests/SystemdBox/boot here)",
            valueName: "file"))
    var box = "Tests/SystemdBox/boot"

    @Option(
        help: ArgumentHelp(
            "The unit whose priorities hold there. (default: packaging/systemd/telltale.service here)",
            valueName: "file"))
    var unit = "packaging/systemd/telltale.service"

    mutating func validate() throws {
        for (value, option, range) in [
            (rounds, "--rounds", 1...1000), (seconds, "--seconds", 1...3600),
            (idleSeconds, "--idle-seconds", 1...86_400),
        ] {
            guard range.contains(value) else {
                throw ValidationError(
                    "\(option) is \(value); \(range.lowerBound) to \(range.upperBound) were expected.")
            }
        }
    }

    func run() throws {
        do {
            let programs = try Programs(telltale: telltale, floor: floor)
            let directory = try ScratchDirectory(in: FilePath(scratch))
            try Interruption.clean(directory)
            defer { try? directory.remove() }
            let results = try measure(programs, on: directory)
            print(results.table, terminator: "")
            if let json { try write(results.json, to: json) }
            guard results.rows.allSatisfy(\.passes) else { throw ExitCode(1) }
        } catch let failure as BenchFailure {
            Self.say("telltale-bench: \(failure)")
            throw ExitCode(70)
        } catch let error as Errno {
            Self.say("telltale-bench: \(error)")
            throw ExitCode(71)
        }
    }

    private func measure(_ programs: Programs, on directory: ScratchDirectory) throws -> Results {
        var results = Results()
        for measurement in Measurement.allCases where only.isEmpty || only.contains(measurement) {
            Self.say("measuring \(measurement.rawValue) …")
            switch measurement {
            case .latency:
                try LatencyMeasurement(programs: programs, scratch: directory, rounds: rounds, seconds: seconds)
                    .measureUndebounced(into: &results)
            case .debouncedLatency:
                try LatencyMeasurement(programs: programs, scratch: directory, rounds: rounds, seconds: seconds)
                    .measureDebounced(into: &results)
            case .drain:
                try DrainMeasurement(programs: programs, scratch: directory, rounds: rounds).measure(into: &results)
            case .idle:
                try IdleMeasurement(programs: programs, scratch: directory, seconds: idleSeconds).measure(
                    into: &results)
            case .memory:
                try MemoryMeasurement(programs: programs, scratch: directory).measure(into: &results)
            case .start:
                try StartMeasurement(programs: programs, scratch: directory, rounds: rounds).measure(into: &results)
            case .decoding: try DecodingMeasurement(rounds: rounds).measure(into: &results)
            case .redaction: try RedactionMeasurement(rounds: rounds).measure(into: &results)
            case .wireDrain:
                try DrainMeasurement(programs: programs, scratch: directory, rounds: rounds)
                    .measureWire(into: &results)
            case .wireLatency:
                try LatencyMeasurement(programs: programs, scratch: directory, rounds: rounds, seconds: seconds)
                    .measureWire(into: &results)
            case .blackHole:
                try LatencyMeasurement(programs: programs, scratch: directory, rounds: rounds, seconds: seconds)
                    .measureBlackHole(into: &results)
            case .sinksMemory:
                try ConnectedMeasurement(programs: programs, scratch: directory).measureMemory(into: &results)
            case .connectedIdle:
                try ConnectedMeasurement(programs: programs, scratch: directory).measureIdle(into: &results)
            case .journalLatency:
                try JournalMeasurement(
                    programs: programs, scratch: directory, box: FilePath(box), unit: FilePath(unit), rounds: rounds,
                    seconds: seconds
                ).measure(into: &results)
            }
        }
        return results
    }

    private func write(_ text: String, to target: String) throws {
        if target == "-" { return print(text, terminator: "") }
        let path = FilePath(target)
        do {
            guard let name = path.lastComponent else { throw Errno.isDirectory }
            let directory = try Directory(at: path.containingDirectory)
            let file = try directory.openForWriting(FileName(name.string.utf8), .keeping)
            try file.truncate(to: 0)
            try file.writeAll(Array(text.utf8))
        } catch {
            throw BenchFailure("\(target) cannot be written: \(error); name another file with --json.")
        }
    }

    static func say(_ message: String) {
        _ = try? FileDescriptor.standardError.writeAll("\(message)\n".utf8)
    }
}
