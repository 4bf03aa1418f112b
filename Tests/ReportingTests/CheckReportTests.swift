import Configuration
import Foundation
import Testing

@testable import Reporting

private func report(_ findings: [Finding]) -> CheckReport {
    let configuration = EffectiveConfiguration(layers: [
        SettingLayer(options: [.cap: ["5"], .sink: ["ndjson"], .spoolDir: ["/a \u{1B}[31m\"b\""]])
    ])
    return CheckReport(version: "1.2", configuration: configuration, files: ["/t.conf"], findings: findings)
}

@Test func aCheckIsAlignedAndOneFindingIsOneLine() {
    let text = report([Finding(.ok, "log root", "/log\n/x"), Finding(.advice, "x", "better")]).text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.first == "Settings (Telltale 1.2; from /t.conf)")
    let settings = lines.dropFirst().prefix(Setting.all.count)
    let cells = settings.map { $0.components(separatedBy: "  ").filter { !$0.isEmpty }.map { $0.drop { $0 == " " } } }
    #expect(cells.map { $0.first.map(String.init) } == Setting.Key.allCases.map(\.rawValue))
    #expect(cells.contains(["cap", "5 events", "option"]))
    #expect(cells.contains(["period", "300 s", "default"]))
    // A dash would be standard output.
    #expect(cells.contains(["ndjson", "not set", "default"]))
    #expect(cells.contains(["spool-dir", "/a \u{FFFD}[31m\"b\"", "option"]))
    // The sources stand below each other.
    let columns = settings.map { line in
        let source = line.range(of: "  default") ?? line.range(of: "  option")
        return source.map { line.distance(from: line.startIndex, to: $0.lowerBound) }
    }
    #expect(Set(columns).count == 1)
    #expect(
        lines.suffix(6) == [
            "Surroundings", "  ok      log root  /log\u{FFFD}/x", "  advice  x         better", "",
            "It would work. Advice: 1.", "",
        ])
}

@Test(arguments: [
    ([], "All is well."), ([Finding.Grade.fault], "Not all would work. Faults: 1."),
    ([.fault, .advice, .fault], "Not all would work. Faults: 2. Advice: 1."),
])
func theResultCountsFaultsAndAdvice(grades: [Finding.Grade], result: String) {
    let report = report(grades.map { Finding($0, "x", "y") })
    #expect(report.text.hasSuffix("\n\(result)\n"))
    #expect(report.faults == grades.count { $0 == .fault })
}

@Test func theJSONOfACheckIsReadByAnotherImplementation() throws {
    struct Check: Decodable, Equatable {
        struct Finding: Decodable, Equatable {
            let grade: String
            let subject: String
            let text: String
        }

        let version: String
        let files: [String]
        let findings: [Finding]
        let faults: Int
        let advice: Int
    }
    let json = report([Finding(.fault, "x", "a \"quoted\"\n\u{1}")]).json
    let check = try JSONDecoder().decode(Check.self, from: Data(json.utf8))
    let finding = Check.Finding(grade: "fault", subject: "x", text: "a \"quoted\"\n\u{1}")
    #expect(check == Check(version: "1.2", files: ["/t.conf"], findings: [finding], faults: 1, advice: 0))
    let whole = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let settings = try #require(whole?["settings"] as? [String: [String: Any]])
    #expect(Set(settings.keys) == Set(Setting.Key.allCases.map(\.rawValue)))
    #expect(settings["cap"]?["value"] as? Int == 5)
    #expect(settings["cap"]?["source"] as? String == "option")
    #expect(settings["sink"]?["value"] as? [String] == ["ndjson"])
    #expect(settings["spool-dir"]?["value"] as? String == "/a \u{1B}[31m\"b\"")
    #expect(settings["report"]?["value"] is NSNull)
}
