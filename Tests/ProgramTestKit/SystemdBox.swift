import Foundation

/// A systemd and a journald of the tests' own, in namespaces; they go when the last reference goes or the tests end.
///
/// `Tests/SystemdBox/boot` makes them, and tells how.
package final class SystemdBox: @unchecked Sendable {
    // Unchecked: nothing changes after init, and the pipe is only closed.
    /// Seen inside at the same place.
    package let directory: ScratchDirectory
    private let keeper = Process()
    /// Closed by the kernel too when the tests are killed: then the box ends itself.
    private let lifeline = Pipe()
    private let systemd: String

    /// What is inside besides systemd and journald.
    package enum Root {
        /// The machine's programs, and nothing else of it.
        case new
        /// All of the machine, as an overlay, so that packages can be installed.
        case installable

        fileprivate var option: [String] {
            switch self {
            case .new: []
            case .installable: ["--installable"]
            }
        }
    }

    /// Whether this machine and this user can have one.
    package static func isPossible(_ root: Root = .new) throws -> Bool {
        let check = Process()
        check.executableURL = URL(fileURLWithPath: boot)
        check.arguments = ["check"] + root.option
        try check.run()
        check.waitUntilExit()
        return check.terminationStatus == 0
    }

    /// Boots it.
    ///
    /// - Parameters:
    ///   - root: what is inside.
    ///   - neighbour: whose network it shares, as another machine at the same address; none: it has its own.
    /// - Throws: why it does not boot.
    package init(_ root: Root = .new, onNetworkOf neighbour: SystemdBox? = nil) throws {
        directory = try ScratchDirectory()
        keeper.executableURL = URL(fileURLWithPath: Self.boot)
        let programs = URL(fileURLWithPath: TelltaleProcess.program).deletingLastPathComponent().path
        let network = neighbour.map { ["--network-of", $0.systemd] } ?? []
        keeper.arguments = root.option + network + [directory.path, programs]
        let output = Pipe()
        keeper.standardInput = lifeline
        keeper.standardOutput = output
        let errors = directory("errors")
        guard FileManager.default.createFile(atPath: errors, contents: nil) else {
            throw TestKitError("\(errors) cannot be made")
        }
        keeper.standardError = FileHandle(forWritingAtPath: errors)
        try keeper.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        systemd = String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !systemd.isEmpty else {
            keeper.waitUntilExit()
            let reason = try String(contentsOfFile: errors, encoding: .utf8)
            throw TestKitError("the box does not boot: \(reason)")
        }
    }

    deinit {
        try? lifeline.fileHandleForWriting.close()
        keeper.waitUntilExit()
    }

    private static let boot = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("SystemdBox/boot").path

    /// How the outside names a path of the inside.
    package func outside(_ path: String) -> String {
        "/proc/\(systemd)/root\(path)"
    }

    /// What a command inside printed, and its exit status.
    package struct Answer {
        package let status: Int32
        package let output: String
    }

    /// Runs a command inside.
    @discardableResult
    package func run(_ command: [String]) throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["nsenter", "--target", systemd, "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--"] + command
        process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": "cat"]
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Answer(status: process.terminationStatus, output: String(decoding: said, as: UTF8.self))
    }

    /// Runs a command inside.
    @discardableResult
    package func run(_ command: String...) throws -> Answer {
        try run(command)
    }

    /// Runs a command inside that must succeed.
    package func demand(_ command: String...) throws {
        let answer = try run(command)
        guard answer.status == 0 else {
            throw TestKitError("\(command.joined(separator: " ")): status \(answer.status), \(answer.output)")
        }
    }

    /// Writes a file inside, which everyone may read unless `mode` says otherwise, with the directories above it.
    package func install(_ contents: String, at path: String, mode: String = "644") throws {
        let source = directory("install")
        try contents.write(toFile: source, atomically: true, encoding: .utf8)
        try demand("install", "-D", "--mode", mode, source, path)
    }

    /// The value of a property of a unit.
    package func property(_ name: String, of unit: String) throws -> String {
        try run("systemctl", "show", "--property", name, "--value", unit).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The journal's entries that match `FIELD=value`, oldest first.
    package func journal(_ matches: String...) throws -> [[String: String]] {
        try run("journalctl", "--sync")
        return try entries(matches)
    }

    /// The entries in the journal files below a directory inside, of whatever machine, that match `FIELD=value`.
    ///
    /// A directory or file that is just being made has none.
    package func journal(in directory: String, _ matches: String...) throws -> [[String: String]] {
        // Only then does journalctl say anything else.
        try entries(["--directory", directory] + matches) { !$0.hasPrefix("{") }
    }

    /// A value that is not plain text is an array of its bytes in the output; it becomes text here.
    private func entries(
        _ arguments: [String], leavingOut isOther: (Substring) -> Bool = { _ in false }
    ) throws -> [[String: String]] {
        try run(["journalctl", "--output", "json", "--all", "--quiet"] + arguments).output.split(separator: "\n")
            .filter { !isOther($0) }
            .map { line in
                guard let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
                    throw TestKitError("no entry: \(line.prefix(300))")
                }
                return entry.mapValues { value in
                    (value as? String) ?? (value as? [UInt8]).map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"
                }
            }
    }
}
