/// Why what was answered is no status of a service.
package enum ServiceStatusError: Error, Hashable, Sendable {
    /// With what is wrong, and where.
    case malformed(String)
    /// A member, by its names from the outermost on (`spool.waiting`), that is not what it should be.
    case invalidType(member: String, expected: String)
}

extension ServiceStatusError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let reason): "it is no JSON: \(reason)"
        case .invalidType("", let expected): "\(expected) was expected"
        case .invalidType(let member, let expected): "\(member) should be \(expected)"
        }
    }
}
