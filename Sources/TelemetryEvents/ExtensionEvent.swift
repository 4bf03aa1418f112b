/// The eight fields of an accepted extension event: stripped, redacted, cut.
///
/// They share the buffer of their file.
package struct ExtensionEvent: Sendable {
    /// The fields in the order in which they are checked (contract, section 1).
    package enum Field: Int, CaseIterable, Sendable {
        case eventLevel
        case eventPid
        case eventTid
        case message
        case operationId
        case taskName
        case timestamp
        case version
    }

    /// A field's place in `texts`, in bytes.
    struct Place: Sendable {
        var start: UInt32
        var end: UInt32
    }

    let texts: [UInt8]
    let places: InlineArray<8, Place>
    let eventNamePlace: Place

    /// `places` are those of the fields by their raw value; each is well-formed UTF-8 in `texts`.
    init(texts: [UInt8], places: InlineArray<8, Place>, eventNamePlace: Place) {
        self.texts = texts
        self.places = places
        self.eventNamePlace = eventNamePlace
    }

    package subscript(field: Field) -> UTF8Text {
        text(at: places[field.rawValue])
    }

    /// `<handler>-<Version>`.
    package var eventName: UTF8Text { text(at: eventNamePlace) }

    private func text(at place: Place) -> UTF8Text {
        UTF8Text(wellFormed: texts[Int(place.start)..<Int(place.end)])
    }
}

extension ExtensionEvent.Field {
    /// The name in the schema's spelling.
    package var name: String {
        switch self {
        case .eventLevel: "EventLevel"
        case .eventPid: "EventPid"
        case .eventTid: "EventTid"
        case .message: "Message"
        case .operationId: "OperationId"
        case .taskName: "TaskName"
        case .timestamp: "Timestamp"
        case .version: "Version"
        }
    }
}
