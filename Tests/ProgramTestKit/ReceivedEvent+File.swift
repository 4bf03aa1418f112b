import Foundation

extension ReceivedEvent {
    /// The publishers' events of an NDJSON file; every line must be whole.
    package static func all(inFileAt path: String) throws -> [ReceivedEvent] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        guard text.isEmpty || text.hasSuffix("\n") else { throw TestKitError("\(path) ends in a torn line") }
        return try text.split(separator: "\n").map { try ReceivedEvent(line: String($0)) }
            .filter { $0.source != "telltale" }
    }
}
