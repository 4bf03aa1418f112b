/// Counts the alterations of one file, and keeps the first of them.
///
/// A file of which nothing was altered costs no memory.
struct AlterationTally {
    private let limit: Int
    private(set) var kept: [Alteration] = []
    /// Texts that were cut.
    private(set) var cutCount = 0
    /// Texts that were redacted.
    private(set) var redactedCount = 0

    init(limits: ValidationLimits) {
        limit = limits.keptRejections
    }

    /// The name is made only for an alteration that is kept.
    mutating func add(_ kind: Alteration.Kind, in field: @autoclosure () -> String, index: Int) {
        switch kind {
        case .redacted: redactedCount &+= 1
        case .cut: cutCount &+= 1
        }
        if kept.count < limit { kept.append(Alteration(index: index, field: field(), kind: kind)) }
    }
}
