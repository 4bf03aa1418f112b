internal import TelemetryEvents

/// The members of an object of a status: one that is missing has nothing in it, those that nobody asks for are left alone.
struct StatusMembers {
    /// No count is larger; so many sums of them stay in range as an answer has room for.
    private static let largestCount = 10_000_000_000_000

    private let members: [String: JSONTree]
    /// The names of the objects around it.
    private let path: String

    init(_ tree: JSONTree?, at path: String = "") throws(ServiceStatusError) {
        self.path = path
        switch tree {
        case nil, .null: members = [:]
        case .object(let members): self.members = members
        default: throw .invalidType(member: path, expected: "an object")
        }
    }

    func has(_ name: String) -> Bool { members[name] != nil }

    func count(_ name: String) throws(ServiceStatusError) -> Int {
        guard let tree = members[name] else { return 0 }
        return try Self.count(tree, at: place(of: name))
    }

    func counts(_ name: String) throws(ServiceStatusError) -> [String: Int] {
        let inner = try object(name)
        var counts: [String: Int] = [:]
        for (key, tree) in inner.members { counts[key] = try Self.count(tree, at: inner.place(of: key)) }
        return counts
    }

    func text(_ name: String) throws(ServiceStatusError) -> String {
        switch members[name] {
        case nil: return ""
        case .text(let text): return text
        default: throw wrong(name, "text")
        }
    }

    func texts(_ name: String) throws(ServiceStatusError) -> [String] {
        var texts: [String] = []
        for tree in try list(name) {
            guard case .text(let text) = tree else { throw wrong(name, "a list of texts") }
            texts.append(text)
        }
        return texts
    }

    func flag(_ name: String) throws(ServiceStatusError) -> Bool {
        switch members[name] {
        case nil: return false
        case .boolean(let flag): return flag
        default: throw wrong(name, "true or false")
        }
    }

    /// One of the words of a type; `fallback` when it is missing.
    func word<Word: RawRepresentable<String> & CaseIterable>(
        _ name: String, orElse fallback: Word
    ) throws(ServiceStatusError) -> Word {
        guard members[name] != nil else { return fallback }
        guard case .text(let text) = members[name], let word = Word(rawValue: text) else {
            throw wrong(name, "one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// In nanoseconds; nil where there is none.
    func duration(_ name: String) throws(ServiceStatusError) -> UInt64? {
        switch members[name] {
        case nil, .null: return nil
        case .number(let seconds):
            if let nanoseconds = DecimalSeconds.nanoseconds(seconds) { return nanoseconds }
            fallthrough
        default: throw wrong(name, "a number of seconds")
        }
    }

    /// In nanoseconds since 1970; nil where there is none.
    func instant(_ name: String) throws(ServiceStatusError) -> UInt64? {
        switch members[name] {
        case nil, .null: return nil
        case .text(let text):
            if let instant = ISO8601Time.nanoseconds(UTF8Text(text)) { return instant }
            fallthrough
        default: throw wrong(name, "an instant in ISO 8601")
        }
    }

    func object(_ name: String) throws(ServiceStatusError) -> StatusMembers {
        try StatusMembers(members[name], at: place(of: name))
    }

    func objects(_ name: String) throws(ServiceStatusError) -> [StatusMembers] {
        var objects: [StatusMembers] = []
        for (place, tree) in try list(name).enumerated() {
            objects.append(try StatusMembers(tree, at: "\(self.place(of: name))[\(place)]"))
        }
        return objects
    }

    private func list(_ name: String) throws(ServiceStatusError) -> [JSONTree] {
        switch members[name] {
        case nil: return []
        case .list(let elements): return elements
        default: throw wrong(name, "a list")
        }
    }

    private static func count(_ tree: JSONTree, at place: String) throws(ServiceStatusError) -> Int {
        guard case .number(let spelling) = tree, let count = Int(spelling), (0...largestCount).contains(count) else {
            throw .invalidType(member: place, expected: "a number from 0 to \(largestCount)")
        }
        return count
    }

    private func wrong(_ name: String, _ expected: String) -> ServiceStatusError {
        .invalidType(member: place(of: name), expected: expected)
    }

    private func place(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
