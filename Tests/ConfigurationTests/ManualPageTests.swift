import Configuration
import Foundation
import Testing

/// What telltale.conf(5) says of each key, as a reader sees it: the tag, then the text behind it.
private func entriesOfTheManual() throws -> [(tag: String, text: String)] {
    let path = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../packaging/man/telltale.conf.5")
    let lines = try String(contentsOf: path.standardized, encoding: .utf8).components(separatedBy: "\n")
    let keys = try #require(lines.firstIndex(of: ".SH KEYS"))
    let end = try #require(lines[keys...].firstIndex(of: ".SH EXAMPLES"))
    return lines[keys..<end].split(separator: ".TP").dropFirst().map { entry in
        let text = entry.dropFirst().filter { !$0.hasPrefix(".SS") }.map(seen).joined(separator: " ")
        return (entry.first.map(seen) ?? "", text)
    }
}

/// A line of roff without what only tells how it looks.
private func seen(_ line: String) -> String {
    var text = line
    if text.hasPrefix("."), let blank = text.firstIndex(of: " ") {
        // An alternation of fonts puts its arguments together.
        let arguments = text[text.index(after: blank)...].split(separator: "\"", omittingEmptySubsequences: false)
        text = arguments.enumerated().map { $0.offset % 2 == 0 ? $0.element.replacing(" ", with: "") : $0.element }
            .joined()
    }
    for (mark, meaning) in [("\\-", "-"), ("\\fR", ""), ("\\fB", ""), ("\\fI", ""), ("\\~", " ")] {
        text = text.replacing(mark, with: meaning)
    }
    return text
}

@Test func theManualHasEverySettingWithItsDefaultAndItsRange() throws {
    let entries = try entriesOfTheManual()
    let keys = entries.map { $0.tag.split(whereSeparator: { $0 == " " }).first.map(String.init) ?? "" }
    #expect(keys.sorted() == Setting.Key.allCases.map(\.rawValue).sorted())
    for setting in Setting.all {
        let entry = try #require(
            entries.first { $0.tag.split(separator: " ").first == Substring(setting.key.rawValue) })
        let fallback = "Default: \(setting.fallback)."
        #expect(entry.text.hasSuffix(fallback), "\(setting.key): \(entry.text)")
        switch setting.kind {
        case .number(let range, _):
            #expect(entry.text.contains("\(range.lowerBound) to \(range.upperBound)"), "\(setting.key)")
        case .choice(let words): #expect(entry.tag.hasSuffix(words.joined(separator: "|")), "\(entry.tag)")
        case .choices(let words): #expect(words.allSatisfy(entry.text.contains), "\(entry.text)")
        case .fileOrNone: #expect(entry.tag.hasSuffix("|\(SettingKind.noFile)"), "\(entry.tag)")
        case .directory, .file, .output, .endpoint, .url, .headers: break
        }
    }
}
