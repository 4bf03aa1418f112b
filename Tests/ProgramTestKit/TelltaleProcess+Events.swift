import Foundation

extension TelltaleProcess {
    /// Waits until at least `count` events of publishers were printed; false when that did not come.
    package func waitForEvents(_ count: Int, within seconds: TimeInterval = patience) throws -> Bool {
        guard waitForLines(count, within: seconds) else { return false }
        return try eventually(within: seconds) { try events().count >= count }
    }

    /// Waits until an event with this message was printed.
    package func waitForMessage(_ message: String, within seconds: TimeInterval = patience) -> Bool {
        let texts = ["Context1", "Message"].map { "\"name\":\"\($0)\",\"value\":\"\(message)\"" }
        var seen = 0
        return eventually(within: seconds) {
            let lines = output
            defer { seen = lines.count }
            return lines[seen...].contains { line in texts.contains { line.contains($0) } }
        }
    }

    /// The messages of the events so far, in the order of delivery.
    package func messages() throws -> [String] {
        try events().map(\.message)
    }

    /// Runs the program to its end and answers what it said.
    package static func run(
        _ arguments: [String], wrapper: [String] = [], environment: [String: String] = [:]
    ) throws -> (exit: Int32, output: String, errors: String) {
        let process = try TelltaleProcess(arguments, wrapper: wrapper, environment: environment)
        let exit = try process.waitForExit()
        return (exit, process.output.joined(separator: "\n"), process.errors)
    }
}
