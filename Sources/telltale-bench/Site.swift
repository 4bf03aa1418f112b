internal import SystemCalls
internal import SystemPackage

/// The directories that one run of Telltale works on, empty at first.
struct Site {
    let scratch: ScratchDirectory
    let telltale: FilePath
    /// The options that name sinks.
    var outputs = ["--ndjson", "-"]

    var log: FilePath { scratch.path.appending("log") }
    private var socket: FilePath { scratch.path.appending("notify") }

    /// Empties the scratch directory and makes what Telltale expects to find.
    init(on scratch: ScratchDirectory, telltale: FilePath) throws {
        self.scratch = scratch
        self.telltale = telltale
        try scratch.empty()
        for name in ["log", "agent", "spool"] { _ = try scratch.makeDirectory(name) }
    }

    /// Makes the directory of a handler's event files.
    func makeEvents(of handler: Int) throws -> Directory {
        try scratch.makeDirectory("log/Bench.Extension\(100_000 + handler)/events")
    }

    /// Lays out `files` event files for each of `handlers` handlers.
    func layOut(handlers: Int, files: Int, holding text: [UInt8]) throws {
        for handler in 0..<handlers {
            let directory = try makeEvents(of: handler)
            for file in 0..<files {
                do {
                    let name = FileName("\(1_700_000_000 + file).json".utf8)
                    try directory.openForWriting(name, .new).writeAll(text)
                } catch {
                    throw BenchFailure("An event file below \(log) cannot be written: \(error)")
                }
            }
        }
    }

    /// Starts `telltale collect`.
    func collect(_ options: [String] = [], expecting expected: LineReader.Expectation) throws -> RunningProgram {
        try RunningProgram(telltale, ["collect"] + places + options, in: scratch, expecting: expected)
    }

    /// Starts `telltale run`, and waits until it says that it is ready; answers also when it did.
    func run(
        _ options: [String] = [], expecting expected: LineReader.Expectation
    ) throws -> (program: RunningProgram, ready: UInt64) {
        let notifications: OwnedDescriptor
        do {
            notifications = try Kernel.datagramSocket(at: socket)
        } catch {
            throw BenchFailure("The socket \(socket) cannot be made: \(error); a shorter --scratch may help.")
        }
        let program = try RunningProgram(
            telltale, ["run"] + places + options, environment: ["NOTIFY_SOCKET=\(socket)"], in: scratch,
            expecting: expected)
        return (program, try Self.waitForReadiness(of: program, on: notifications))
    }

    /// Lets another run begin on the same directories.
    func removeSocket() throws {
        try Directory(at: scratch.path).removeFile("notify")
    }

    /// All options of a run, without the sinks of ``outputs``.
    func options(_ more: [String]) -> [String] { directories + more }

    private var places: [String] { directories + outputs }

    private var directories: [String] {
        [
            "--config", "/dev/null", "--waagent-conf", "none", "--extension-log-dir", log.string, "--agent-events-dir",
            scratch.path.appending("agent").string,
            "--spool-dir", scratch.path.appending("spool").string, "--fetch-metadata", "off",
        ]
    }

    private static func waitForReadiness(
        of program: RunningProgram, on notifications: borrowing OwnedDescriptor
    ) throws -> UInt64 {
        let deadline = Clocks.monotonicNanoseconds() + 60_000_000_000
        var buffer = [UInt8](repeating: 0, count: 8192)
        while try Kernel.isReadable(notifications, until: deadline) {
            let now = Clocks.monotonicNanoseconds()
            var span = buffer.mutableSpan
            let count = try span.withUnsafeMutableBytes { bytes throws(Errno) in try notifications.read(into: bytes) }
            let text = String(decoding: buffer[..<count], as: UTF8.self)
            if text.split(separator: "\n").contains("READY=1") { return now }
        }
        throw program.failure("did not say READY=1 within 60 s")
    }
}
