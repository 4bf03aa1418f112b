/// What is wrong with the answer of a service that describes the virtual machine, and where.
package struct ServiceAnswerError: Error, Hashable, Sendable {
    /// The kinds of fault; names are those of the answer's own elements and members.
    package enum Code: Hashable, Sendable {
        /// With what was found and what was expected.
        case malformed(String)
        case notAnObject
        /// With the element, attribute or member that is not there, or is empty.
        case missing(String)
        case tooLong(String, limit: Int)
        /// With the member whose value is no text.
        case invalidType(String)
    }

    package let code: Code
    package let place: TextPlace

    init(_ code: Code, at offset: Int, in bytes: UnsafeRawBufferPointer) {
        self.code = code
        place = TextPlace(of: offset, in: bytes)
    }
}

extension ServiceAnswerError: CustomStringConvertible {
    package var description: String {
        let what =
            switch code {
            case .malformed(let reason): reason
            case .notAnObject: "a JSON object was expected"
            case .missing(let name): "\(name) was expected and is not there"
            case .tooLong(let name, let limit): "\(name) is longer than \(limit) bytes"
            case .invalidType(let name): "\(name) should be text"
            }
        return "\(place): \(what)"
    }
}
