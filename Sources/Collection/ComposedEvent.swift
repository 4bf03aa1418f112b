internal import Reporting
package import TelemetryEvents

/// An extension's event before it is published: what stands in its eight fields.
package struct ComposedEvent {
    private var values: [(field: ExtensionEvent.Field, text: String)] = []

    package init() {}

    /// Sets a field.
    ///
    /// The fields are written in the order in which they are set.
    package mutating func set(_ field: ExtensionEvent.Field, to text: String) {
        values.append((field, text))
    }

    /// An event file that holds this event alone.
    package var file: [UInt8] {
        let members = values.map { "\($0.field.name.quotedAsJSON):\($0.text.quotedAsJSON)" }
        return Array("{\(members.joined(separator: ","))}\n".utf8)
    }
}
