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

extension Rejection.Code {
    /// The code's name in the contract, such as `MissingKeyError`.
    package var name: String {
        switch self {
        case .missingKey: "MissingKeyError"
        case .emptyMessage: "EmptyMessageError"
        case .oversizeEvent: "OversizeEventError"
        case .invalidType, .invalidAgentEvent: "InvalidTypeError"
        case .notAnObject: "NotAnObjectError"
        }
    }

    /// The field or property at fault; nil when it is the event as a whole.
    package var field: String? {
        switch self {
        case .missingKey(let field), .invalidType(let field, _): field.name
        case .emptyMessage: ExtensionEvent.Field.message.name
        case .invalidAgentEvent(let property, _): property
        case .oversizeEvent, .notAnObject: nil
        }
    }
}

extension Rejection.Code: CustomStringConvertible {
    /// The contract's words, which reports and journal entries count by.
    package var description: String {
        let detail =
            switch self {
            case .missingKey(let field): "\(field.name) not found"
            case .emptyMessage: "Message should not be empty"
            case .oversizeEvent(let limit): "max event size allowed: \(limit)"
            case .invalidType(let field, let expected): "\(field.name) should be \(expected)"
            case .notAnObject: "event should be a JSON object"
            case .invalidAgentEvent(let property, let expected): "\(property) should be \(expected)"
            }
        return "\(name): \(detail)"
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
    /// The spool holds too much of its publisher, or the file waited for too long; `reason` names the limit.
    case beyondLimit(_ reason: String)
}

extension FileRejection {
    /// The code's name in the contract, such as `MalformedFileError`.
    package var name: String {
        switch self {
        case .malformed: "MalformedFileError"
        case .oversize: "OversizeFileError"
        case .notARegularFile: "NotARegularFileError"
        case .unreadable: "UnreadableFileError"
        case .beyondLimit: "SpoolLimitError"
        }
    }

    /// Where in the file the fault stands; nil when it is the file as a whole.
    package var place: TextPlace? {
        if case .malformed(let place, _, _) = self { place } else { nil }
    }
}

extension FileRejection: CustomStringConvertible {
    /// The contract's words.
    package var description: String {
        let detail =
            switch self {
            case .malformed(let place, let reason, _): "\(place): \(reason)"
            case .oversize(let size, let limit): "\(size) bytes > \(limit)"
            case .notARegularFile(let kind): kind
            case .unreadable(let reason), .beyondLimit(let reason): reason
            }
        return "\(name): \(detail)"
    }
}
