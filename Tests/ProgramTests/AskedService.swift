import Foundation
import ProgramTestKit

/// A service with a control socket of its own, and what it says when it is asked.
final class AskedService {
    let service: TestedService
    let socket: String

    init(_ options: [String] = ["--agent-events", "off", "--ndjson", "-"]) throws {
        service = try TestedService()
        socket = service.scratch("control.sock")
        service.options = options + ["--control-socket", socket]
    }

    /// The arguments of a command that asks it.
    func asking(_ command: String, _ more: [String] = []) -> [String] {
        [command, "--control-socket", socket] + more
    }

    func run(_ command: String, _ more: [String] = []) throws -> (exit: Int32, output: String, errors: String) {
        try TelltaleProcess.run(asking(command, more))
    }

    /// Its status, read by another implementation of JSON, and what the command exited with.
    func status() throws -> (exit: Int32, object: [String: Any]) {
        let asked = try run("status", ["--json"])
        let object = try JSONSerialization.jsonObject(with: Data(asked.output.utf8)) as? [String: Any]
        return (asked.exit, object ?? [:])
    }

    /// Asks until its status is as it should be.
    func waitForStatus(_ condition: ([String: Any]) throws -> Bool) throws -> Bool {
        try eventually { try condition(status().object) }
    }

    /// What one of its extensions is told of.
    static func handler(_ name: String, in status: [String: Any]) -> [String: Any]? {
        (status["extensions"] as? [[String: Any]])?.first { $0["name"] as? String == name }
    }

    static func sink(_ name: String, in status: [String: Any]) -> [String: Any]? {
        (status["sinks"] as? [[String: Any]])?.first { $0["name"] as? String == name }
    }
}
