import Foundation
import ProgramTestKit

/// A section of the README, so that what is tested is what it says.
struct ReadmeSection {
    /// Everything below the section's title, its own subsections included.
    let text: String

    init(_ title: String) throws {
        let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("README.md").path
        let text = try String(contentsOfFile: readme, encoding: .utf8)
        guard let section = text.components(separatedBy: "\n## ").first(where: { $0.hasPrefix(title + "\n") }) else {
            throw TestKitError("\(readme) has no section `## \(title)`")
        }
        self.text = section
    }

    /// The lines in the last column of its tables, by what stands in the first.
    var commands: [(question: String, line: String)] {
        text.split(separator: "\n").compactMap { row in
            let cells = row.components(separatedBy: " | ")
            guard row.hasPrefix("| "), cells.count == 2, let code = cells.last?.split(separator: "`"), code.count > 1
            else { return nil }
            return (String(cells[0].dropFirst(2)), String(code[0]))
        }
    }
}
