internal import TelemetryEvents

/// What the reports on several files add up to.
package struct ValidationSummary: Hashable, Sendable {
    private var files = 0
    private var rejectedFiles = 0
    /// Files that could not be opened or read.
    package private(set) var unreadFiles = 0
    private var accepted = 0
    private var rejected = 0

    package init() {}

    /// Adds a file.
    package mutating func add(_ report: ValidationReport) {
        files += 1
        accepted += report.accepted
        rejected += report.rejected
        guard let rejection = report.rejection else { return }
        switch rejection {
        case .unreadable: unreadFiles += 1
        case .malformed, .oversize, .notARegularFile, .beyondLimit: rejectedFiles += 1
        }
    }

    /// Whether anything was rejected, event or file.
    package var findsFaults: Bool { rejected > 0 || rejectedFiles > 0 }

    /// One line with its line end.
    package func text(style: TextStyle) -> String {
        var parts = ["\(accepted.counting("event")) accepted"]
        if rejected > 0 { parts.append(style.bad("\(rejected.counting("event")) rejected")) }
        if rejectedFiles > 0 { parts.append(style.bad("\(rejectedFiles.counting("file")) rejected")) }
        if unreadFiles > 0 { parts.append(style.bad("\(unreadFiles.counting("file")) not read")) }
        return "\(files.counting("file")): \(parts.joined(separator: ", "))\n"
    }
}
