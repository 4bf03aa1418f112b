import Foundation

/// An event as the NDJSON sink wrote it, read by another JSON implementation.
package struct ReceivedEvent {
    package let id: String
    package let source: String
    package let handler: String?
    package let file: String?
    package let index: Int
    package let eventID: Int
    package let providerID: String
    /// In the order of the line.
    package let parameters: [(name: String, value: Any)]

    package init(line: String) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
            let id = object["id"] as? String, let source = object["source"] as? String,
            let index = object["index"] as? Int, let eventID = object["eventId"] as? Int,
            let providerID = object["providerId"] as? String, let listed = object["parameters"] as? [[String: Any]]
        else { throw TestKitError("no event: \(line.prefix(300))") }
        self.id = id
        self.source = source
        self.index = index
        self.eventID = eventID
        self.providerID = providerID
        handler = object["handler"] as? String
        file = object["file"] as? String
        parameters = listed.map { ($0["name"] as? String ?? "", $0["value"] ?? NSNull()) }
    }

    /// The text of a parameter.
    package func text(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value as? String
    }

    /// The event's Message.
    package var message: String { text("Context1") ?? text("Message") ?? "" }
}
