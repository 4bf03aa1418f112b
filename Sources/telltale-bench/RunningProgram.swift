internal import Synchronization
internal import SystemCalls
internal import SystemPackage

/// A program that the bench has started; it is killed when the value goes while it still runs.
final class RunningProgram {
    /// The programs that run now, so that an interrupted bench leaves none behind.
    static let all = Mutex<Set<Int32>>([])

    let processID: Int32
    /// When it was started, on the monotonic clock.
    let started: UInt64
    let lines: LineReader
    private let name: String
    private let errors: FilePath
    private var hasEnded = false

    /// Starts `program` with its standard output in a pipe that `lines` reads.
    init(
        _ program: FilePath, _ arguments: [String], environment: [String] = [], input: CInt? = nil,
        in scratch: ScratchDirectory,
        expecting expected: LineReader.Expectation
    ) throws {
        name = program.lastComponent?.string ?? program.string
        errors = scratch.path.appending("\(name).err")
        do {
            let directory = try Directory(at: scratch.path)
            let errorFile = try directory.openForWriting(FileName("\(name).err".utf8), .appending)
            let pipe = try Kernel.pipe()
            let launch = Kernel.Launch(
                program: program, arguments: arguments, environment: environment, input: input,
                output: pipe.writing.rawValue,
                errors: errorFile.rawValue)
            started = Clocks.monotonicNanoseconds()
            let process = try Kernel.start(launch)
            processID = process
            _ = Self.all.withLock { $0.insert(process) }
            lines = try LineReader(consumingReadingEnd: pipe, expecting: expected)
        } catch {
            throw BenchFailure("\(program) cannot be started: \(error)")
        }
    }

    deinit {
        guard !hasEnded else { return }
        Kernel.send(.kill, to: processID)
        _ = try? waitForEnd(within: 10)
    }

    /// Ends a program that works until it is told to stop.
    @discardableResult
    func stop(_ signal: Kernel.Signal = .terminate) throws -> Kernel.Ending {
        Kernel.send(signal, to: processID)
        return try waitForEnd(within: 30)
    }

    /// Waits until the program has ended by itself.
    func waitForEnd(within seconds: UInt64) throws -> Kernel.Ending {
        let deadline = Clocks.monotonicNanoseconds() + seconds * 1_000_000_000
        while Clocks.monotonicNanoseconds() < deadline {
            if let ending = try Kernel.ending(of: processID) {
                hasEnded = true
                _ = Self.all.withLock { $0.remove(processID) }
                return ending
            }
            Kernel.sleep(until: Clocks.monotonicNanoseconds() + 2_000_000)
        }
        throw failure("did not end within \(seconds) s")
    }

    /// What the program did wrong, with the end of what it said on standard error.
    func failure(_ what: String) -> BenchFailure {
        let said = (try? Machine.contents(of: errors, limit: 1 << 20)) ?? []
        let tail = String(decoding: said.suffix(2000), as: UTF8.self)
        return BenchFailure("\(name) \(what)." + (tail.isEmpty ? "" : " It said:\n\(tail)"))
    }

    // MARK: What the kernel tells of it

    /// A figure of /proc/PID/status in KiB, such as `VmRSS`.
    func kibibytes(_ field: String) throws -> Int {
        guard let figure = Self.figure(field, in: try status("/proc/\(processID)/status")) else {
            throw failure("has no \(field) in /proc/\(processID)/status")
        }
        return figure
    }

    /// Keeps several figures of memory, and answers the first.
    func keepMemory(_ fields: [String], as name: String, in results: inout Results) throws -> Double {
        let values = try fields.map { Double(try kibibytes($0)) }
        for (field, value) in zip(fields, values) { results.keep([value], as: "\(name).\(field)") }
        return values[0]
    }

    /// How often each thread gave up or lost its processor since its start.
    func contextSwitches() throws -> ContextSwitches {
        var switches = ContextSwitches()
        let tasks = try Directory(at: FilePath("/proc/\(processID)/task")).entries()
        while true {
            let next = try tasks.next()
            if next.isEmpty { return switches }
            for task in next {
                let text = try status("/proc/\(processID)/task/\(task.name)/status")
                switches.note(
                    "\(task.name)",
                    count: (Self.figure("voluntary_ctxt_switches", in: text) ?? 0)
                        + (Self.figure("nonvoluntary_ctxt_switches", in: text) ?? 0))
            }
        }
    }

    private func status(_ path: String) throws -> String {
        do {
            return String(decoding: try Machine.contents(of: FilePath(path), limit: 65_536), as: UTF8.self)
        } catch {
            throw failure("is gone: \(path) cannot be read (\(error))")
        }
    }

    private static func figure(_ field: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(field + ":") {
            return Int(line.dropFirst(field.count + 1).filter(\.isNumber))
        }
        return nil
    }
}
