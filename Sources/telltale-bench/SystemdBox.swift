internal import SystemCalls
internal import SystemPackage

/// A systemd and a journald of the bench's own, which `Tests/SystemdBox/boot` boots; they end with the value.
final class SystemdBox {
    /// The box's root directory, as it is seen from outside.
    let root: FilePath
    private let boot: RunningProgram
    private let systemd: String
    private let scratch: ScratchDirectory
    /// The box ends when nobody holds this any more, even if the bench is killed.
    private var lifeline: Lifeline?

    private final class Lifeline {
        let pipe: Kernel.Pipe
        init() throws(Errno) { pipe = try Kernel.pipe() }
    }

    /// Boots it; the scratch directory and that of the programs are seen inside at the same places.
    init(_ script: FilePath, seeing programs: Programs, in scratch: ScratchDirectory) throws {
        guard Kernel.isExecutable(script) else {
            throw BenchFailure("\(script) cannot be run; name Tests/SystemdBox/boot of the sources with --box.")
        }
        self.scratch = scratch
        let lifeline = try Lifeline()
        self.lifeline = lifeline
        let output = scratch.path.appending("box")
        boot = try RunningProgram(
            "/bin/sh",
            [
                // What it prints goes to a file; the other descriptor shows for how long it runs.
                "-c", "exec 9>&1; exec \"$0\" \"$1\" \"$2\" >\"$3\"", script.string, scratch.path.string,
                programs.telltale.removingLastComponent().string, output.string,
            ],
            environment: ["PATH=\(Programs.searchPath)"], input: lifeline.pipe.reading.rawValue, in: scratch,
            expecting: .lines(1))
        systemd = try Self.processID(in: output, of: boot)
        root = FilePath("/proc/\(systemd)/root")
    }

    deinit {
        // It clears up behind it; a signal would leave the inside running.
        lifeline = nil
        _ = try? boot.waitForEnd(within: 60)
    }

    private static func processID(in file: FilePath, of boot: RunningProgram) throws -> String {
        let deadline = Clocks.monotonicNanoseconds() + 90_000_000_000
        while Clocks.monotonicNanoseconds() < deadline {
            let written = (try? Machine.contents(of: file, limit: 64)) ?? []
            if written.last == UInt8(ascii: "\n") { return String(decoding: written.dropLast(), as: UTF8.self) }
            if boot.lines.hasEnded { break }
            Kernel.sleep(until: Clocks.monotonicNanoseconds() + 10_000_000)
        }
        throw boot.failure("booted no systemd")
    }

    /// Runs a command inside that must succeed.
    func run(_ command: String...) throws {
        let inside = try RunningProgram(
            Programs.find("nsenter"),
            ["--target", systemd, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--"] + command,
            environment: ["PATH=\(Programs.searchPath)"], in: scratch, expecting: .lines(1))
        guard try inside.waitForEnd(within: 120).exitCode == 0 else {
            throw inside.failure("failed at \(command.joined(separator: " "))")
        }
    }

    /// Starts a service of these lines, and waits until it is ready.
    func start(_ name: String, _ lines: [String]) throws {
        do {
            let directory = try Directory(at: scratch.path)
            let file = try directory.openForWriting(FileName("\(name).service".utf8), .new)
            try file.writeAll(Array((["[Service]"] + lines).map { $0 + "\n" }.joined().utf8))
        } catch {
            throw BenchFailure("The unit \(name) cannot be written: \(error)")
        }
        try run("systemctl", "link", "--runtime", scratch.path.appending("\(name).service").string)
        try run("systemctl", "start", name)
    }
}
