package import Configuration

/// What a check of the configuration and the surroundings found, for reading and as JSON.
package struct CheckReport: Sendable {
    private let version: String
    private let configuration: EffectiveConfiguration
    private let files: [String]
    private let findings: [Finding]

    /// The longest finding that is shown, in code points.
    private static let longestFinding = 1000
    /// A column grows no wider than this; what is longer moves the rest of its line.
    private static let widestColumn = 40

    /// - Parameters:
    ///   - version: the program's.
    ///   - configuration: what holds.
    ///   - files: the configuration files that were read.
    ///   - findings: in the order in which they are told.
    package init(
        version: String, configuration: EffectiveConfiguration, files: [String], findings: [Finding]
    ) {
        self.version = version
        self.configuration = configuration
        self.files = files
        self.findings = findings
    }

    package var faults: Int { findings.count { $0.grade == .fault } }
    private var advice: Int { findings.count { $0.grade == .advice } }

    /// The report as aligned lines: what holds and why, one finding a line, and the result.
    package var text: String {
        let settings = Setting.all.map { setting in
            let entry = configuration[setting.key]
            let value = entry.value.map { ShownText(setting.kind.shown($0)).description } ?? "not set"
            return [setting.key.rawValue, value, entry.source.description(of: setting.key)]
        }
        let found = findings.map {
            [$0.grade.rawValue, $0.subject, ShownText($0.text, limit: Self.longestFinding).description]
        }
        let read = files.isEmpty ? "no configuration file was read" : "from \(files.joined(separator: " and "))"
        return
            (["Settings (Telltale \(version); \(read))"] + Self.aligned(settings) + ["", "Surroundings"]
            + Self.aligned(found) + ["", result, ""]).joined(separator: "\n")
    }

    private var result: String {
        switch (faults, advice) {
        case (0, 0): "All is well."
        case (0, let advice): "It would work. Advice: \(advice)."
        case (let faults, 0): "Not all would work. Faults: \(faults)."
        case (let faults, let advice): "Not all would work. Faults: \(faults). Advice: \(advice)."
        }
    }

    /// The last column is not filled up.
    private static func aligned(_ rows: [[String]]) -> [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.dropLast().enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], min(cell.count, widestColumn))
            }
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let missing = column < widths.count ? widths[column] - cell.count : 0
                return cell + String(repeating: " ", count: max(missing, 0))
            }
            return "  " + cells.joined(separator: "  ")
        }
    }

    /// The same as one JSON object, with a line end behind it.
    package var json: String {
        let settings = Setting.all.map { setting in
            let entry = configuration[setting.key]
            let source = entry.source.description(of: setting.key)
            return
                "\(setting.key.rawValue.quotedAsJSON): {\"value\": \(Self.json(entry.value)), \"source\": \(source.quotedAsJSON)}"
        }
        let found = findings.map {
            "{\"grade\": \"\($0.grade.rawValue)\", \"subject\": \($0.subject.quotedAsJSON), \"text\": \($0.text.quotedAsJSON)}"
        }
        return """
            {"version": \(version.quotedAsJSON), \
            "files": [\(files.map { $0.quotedAsJSON }.joined(separator: ", "))], \
            "settings": {\(settings.joined(separator: ", "))}, "findings": [\(found.joined(separator: ", "))], \
            "faults": \(faults), "advice": \(advice)}

            """
    }

    private static func json(_ value: SettingValue?) -> String {
        switch value {
        case nil: "null"
        case .number(let number): String(number)
        case .text(let text): text.quotedAsJSON
        case .words(let words): "[\(words.map { $0.quotedAsJSON }.joined(separator: ", "))]"
        }
    }
}
