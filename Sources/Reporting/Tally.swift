/// Exact counts of what became of every file and event, for reports and status lines.
package struct Tally: Sendable {
    /// The counts of one publisher.
    package struct Counts: Sendable {
        /// Files taken.
        package var files = 0
        /// Events that the validator accepted and the cap admitted.
        package var accepted = 0
        /// Events that the validator rejected, by reason.
        package var rejected: [String: Int] = [:]
        /// Events that the cap left out.
        package var overCap = 0
        /// Events that a sink refused for good, by the sink's name.
        package var refused: [String: Int] = [:]
        /// Whole files that were rejected, by the reason's code, such as `MalformedFileError`.
        package var rejectedFileCodes: [String: Int] = [:]
        /// The newest rejected files, with the reason; at most ``namedFiles``.
        package private(set) var rejectedFiles: [(name: String, reason: String)] = []

        package init() {}

        /// Counts a rejected file.
        ///
        /// A name that is rejected again takes the place of the older one.
        package mutating func rejectFile(_ name: String, because reason: String) {
            rejectedFileCodes[Self.code(of: reason), default: 0] += 1
            rejectedFiles.removeAll { $0.name == name }
            if rejectedFiles.count >= Tally.namedFiles { rejectedFiles.removeFirst() }
            rejectedFiles.append((name, reason))
        }

        /// Whole files that were rejected.
        package var rejectedFileCount: Int { rejectedFileCodes.values.reduce(0, +) }
        /// Events that were rejected one by one.
        package var rejectedEventCount: Int { rejected.values.reduce(0, +) }

        /// The code that a reason begins with.
        static func code(of reason: String) -> String {
            String(reason.prefix { $0 != ":" })
        }
    }

    /// Rejected files of one publisher that are kept by name; all are counted.
    package static let namedFiles = 100

    /// Handlers that are counted one by one, the first that came; the others are counted together.
    package static let namedHandlers = 1000
    /// The name, which no handler has, under which those beyond ``namedHandlers`` are counted together.
    package static let others = ""

    /// By the handler's name.
    package private(set) var handlers: [String: Counts] = [:]
    package var agent = Counts()
    package var residueRemoved = 0

    package init() {}

    /// Changes the counts of a handler.
    package mutating func count(_ handler: String, _ change: (inout Counts) -> Void) {
        let isNamed = handlers.index(forKey: handler) != nil || handlers.count < Self.namedHandlers
        change(&handlers[isNamed ? handler : Self.others, default: Counts()])
    }

    package var accepted: Int { agent.accepted + handlers.values.reduce(0) { $0 + $1.accepted } }
    package var overCap: Int { handlers.values.reduce(0) { $0 + $1.overCap } }
    package var rejected: Int {
        ([agent] + handlers.values).reduce(0) { $0 + $1.rejectedEventCount + $1.rejectedFileCount }
    }
}
