import Foundation

extension TelltaleProcess {
    /// Runs the program to its end with a standard input, and answers what it said.
    package static func run(
        _ arguments: [String], input: [UInt8], environment: [String: String] = [:]
    ) throws -> (exit: Int32, output: String, errors: String) {
        let scratch = try ScratchDirectory()
        try Data(input).write(to: URL(fileURLWithPath: scratch("input")))
        return try run(
            arguments, wrapper: ["sh", "-c", "exec \"$@\" < \"$0\"", scratch("input")], environment: environment)
    }
}
