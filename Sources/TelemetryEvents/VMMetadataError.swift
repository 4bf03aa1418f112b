/// What is wrong with a description of the virtual machine, and where.
package struct VMMetadataError: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// With what was found and what was expected.
        case malformed(String)
        case notAnObject
        /// With the name, which none of the common parameters that can be replaced has.
        case unknownName(String)
        /// With the name whose value is null, a list, an object or a number that no Double can hold.
        case invalidType(String)
    }

    package let code: Code
    package let place: TextPlace

    init(_ code: Code, at offset: Int, in bytes: UnsafeRawBufferPointer) {
        self.code = code
        place = TextPlace(of: offset, in: bytes)
    }
}

extension VMMetadataError: CustomStringConvertible {
    package var description: String {
        let what =
            switch code {
            case .malformed(let reason): reason
            case .notAnObject: "a JSON object of common parameters was expected"
            case .unknownName(let name):
                "\(name) cannot be set; one of "
                    + VMMetadataDecoder.names.map(\.description).joined(separator: ", ") + " was expected"
            case .invalidType(let name): "\(name) should be text, an integer, a number or a truth value"
            }
        return "\(place): \(what)"
    }
}
