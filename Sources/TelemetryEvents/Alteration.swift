/// What validation changed in a text of an accepted event.
package struct Alteration: Hashable, Sendable {
    /// The kinds of change, in the order in which they are made.
    package enum Kind: Hashable, Sendable {
        /// So many queries of URLs were taken out, because they hold a signature.
        case redacted(queries: Int)
        /// Code points after redaction, and those that are left.
        case cut(from: Int, to: Int)
    }

    /// The position in the file's list of events, from 0.
    package let index: Int
    /// The field in the schema's spelling; for agent events the parameter's name, or `providerId`.
    package let field: String
    package let kind: Kind

    package init(index: Int, field: String, kind: Kind) {
        self.index = index
        self.field = field
        self.kind = kind
    }
}
