/// Why one event of a file was not accepted, and where in the file it stands.
package struct Rejection: Hashable, Sendable {
    /// The contract's codes for events (section 1).
    package enum Code: Hashable, Sendable {
        case missingKey(ExtensionEvent.Field)
        case emptyMessage
        case oversizeEvent(limit: Int)
        /// `expected` is `text` or `text or an integer`.
        case invalidType(ExtensionEvent.Field, expected: String)
        case notAnObject
        /// An agent event's property (`eventId`, `providerId`, `parameters`, …) that is missing or of a wrong type.
        case invalidAgentEvent(property: String, expected: String)
    }

    package let code: Code
    /// The position in the file's list of events, from 0.
    package let index: Int
    /// Where the fault stands: the offending value, or the event's first byte when something is missing.
    package let place: TextPlace

    package init(code: Code, index: Int, place: TextPlace) {
        self.code = code
        self.index = index
        self.place = place
    }
}

extension Rejection.Code: CustomStringConvertible {
    /// The contract's words, which reports and journal entries count by.
    package var description: String {
        switch self {
        case .missingKey(let field): "MissingKeyError: \(field.name) not found"
        case .emptyMessage: "EmptyMessageError: Message should not be empty"
        case .oversizeEvent(let limit): "OversizeEventError: max event size allowed: \(limit)"
        case .invalidType(let field, let expected): "InvalidTypeError: \(field.name) should be \(expected)"
        case .notAnObject: "NotAnObjectError: event should be a JSON object"
        case .invalidAgentEvent(let property, let expected): "InvalidTypeError: \(property) should be \(expected)"
        }
    }
}

/// A place in a file's text.
package struct TextPlace: Hashable, Sendable {
    /// Bytes before it.
    package let offset: Int
    /// From 1; lines end at U+000A.
    package let line: Int
    /// From 1, in code points.
    package let column: Int

    package init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }
}

/// Why a whole file was not accepted.
package enum FileRejection: Error, Hashable, Sendable {
    /// `reason` says what was found and what was expected.
    ///
    /// `isIncomplete`: the text ends too early, as that of a file does which is still being written.
    case malformed(at: TextPlace, reason: String, isIncomplete: Bool)
    /// In bytes.
    case oversize(size: Int, limit: Int)
    /// `kind` names what is there instead of a regular file with one link.
    case notARegularFile(kind: String)
    /// The file could not be read; `reason` is what the kernel said.
    case unreadable(reason: String)
}

extension FileRejection: CustomStringConvertible {
    /// The contract's words.
    package var description: String {
        switch self {
        case .malformed(let place, let reason, _):
            "MalformedFileError: line \(place.line), column \(place.column): \(reason)"
        case .oversize(let size, let limit): "OversizeFileError: \(size) bytes > \(limit)"
        case .notARegularFile(let kind): "NotARegularFileError: \(kind)"
        case .unreadable(let reason): "UnreadableFileError: \(reason)"
        }
    }
}
