import Foundation
import ProgramTestKit
import Reporting
import Testing

/// Prometheus' own judge of metrics: packaging/promtool gets it.
private let promtool: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return [root.appendingPathComponent(".build/promtool").path, "promtool"].first {
        OtherCommand.succeeds([$0, "--version"])
    }
}()

/// A Python that has a reader of the format which is not ours: python3-prometheus-client.
private let python: String? = ["/usr/bin/python3", "python3"].first {
    OtherCommand.succeeds([$0, "-c", "import prometheus_client"])
}

/// A service with a great many extensions, whose names are as strange as names can be.
private func manyMetrics() -> ServiceStatus {
    var status = sampleStatus()
    for (number, name) in strangeHandlers.enumerated() {
        var source = ServiceStatus.Source(handler: name)
        source.counts.files = number
        source.counts.rejected = ["MissingKeyError: Message not found": number, "\(name): odd": 1]
        source.window = ServiceStatus.Window()
        status.extensions.append(source)
    }
    status.extensions.append(.init(handler: ""))
    return status
}

/// A name and labels by their bytes: to a `String` composed and decomposed letters are the same.
private func key(_ name: String) -> [UInt8] { Array(name.utf8) }

/// The samples by name and labels; each stands once.
private func samples(_ metrics: String) -> [[UInt8]: String] {
    var samples: [[UInt8]: String] = [:]
    for line in metrics.split(separator: "\n") where !line.hasPrefix("#") {
        let parts = line.split(separator: " ")
        let name = parts.dropLast().joined(separator: " ")
        #expect(samples.updateValue(String(parts.last ?? ""), forKey: key(name)) == nil, "\(name) stands twice")
    }
    return samples
}

@Test(.enabled(if: promtool != nil, "needs promtool: packaging/promtool gets it"))
func promtoolFindsNothingToSay() throws {
    let promtool = try #require(promtool)
    let scratch = try ScratchDirectory()
    for status in [ServiceStatus(), sampleStatus(), wellStatus(), manyMetrics()] {
        try Data(status.metrics.utf8).write(to: URL(fileURLWithPath: scratch("metrics")))
        let (exit, output) = try OtherCommand.run([
            "sh", "-c", "exec \"$0\" check metrics < \"$1\"", promtool, scratch("metrics"),
        ])
        #expect(exit == 0 && output == "")
    }
}

@Test(.enabled(if: python != nil, "needs python3-prometheus-client"))
func anotherReaderOfTheFormatFindsTheSameNumbers() throws {
    let python = try #require(python)
    let scratch = try ScratchDirectory()
    let status = manyMetrics()
    try Data(status.metrics.utf8).write(to: URL(fileURLWithPath: scratch("metrics")))
    let (exit, output) = try OtherCommand.run([
        python, "-c",
        """
        import json, sys
        from prometheus_client.parser import text_fd_to_metric_families
        for family in text_fd_to_metric_families(open(sys.argv[1], newline="\\n")):
            for sample in family.samples:
                print(json.dumps([family.type, sample.name, sample.labels, sample.value, sample.timestamp]))
        """, scratch("metrics"),
    ])
    try #require(exit == 0, "\(output)")
    var read: [[UInt8]: Double] = [:]
    for line in output.split(separator: "\n") {
        let fields = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
        let name = try #require(fields[1] as? String)
        let labels = try #require(fields[2] as? [String: String])
        let sorted = labels.sorted { $0.key < $1.key }.map { "|\($0.key)=\($0.value)" }.joined()
        read[key(name + sorted)] = try #require(fields[3] as? Double)
        #expect(fields[4] is NSNull)
    }
    #expect(read.count == samples(status.metrics).count)
    #expect(read[key("telltale_build_info|version=0.1.0")] == 1)
    #expect(read[key("telltale_accepted_events_total|handler=Contoso.Backup|source=extension")] == 360)
    #expect(read[key("telltale_accepted_events_total|handler=|source=agent")] == 3)
    #expect(
        read[key("telltale_rejected_events_total|handler=Northwind.Sync|reason=MissingKeyError|source=extension")] == 3)
    #expect(
        read[key("telltale_rejected_files_total|handler=Northwind.Sync|reason=MalformedFileError|source=extension")]
            == 1)
    #expect(read[key("telltale_sink_state|sink=otlp|state=failing")] == 1)
    #expect(read[key("telltale_sink_state|sink=otlp|state=working")] == 0)
    #expect(read[key("telltale_sink_state_since_timestamp_seconds|sink=otlp")] == 1_795_262_150)
    #expect(read[key("telltale_spool_oldest_claim_timestamp_seconds")] == 1_795_262_150)
    #expect(read[key("telltale_claim_delay_seconds_bucket|le=0.001")] == 10)
    #expect(read[key("telltale_claim_delay_seconds_bucket|le=0.0025")] == 25)
    #expect(read[key("telltale_claim_delay_seconds_bucket|le=+Inf")] == 93)
    #expect(read[key("telltale_claim_delay_seconds_count")] == 93)
    #expect(read[key("telltale_claim_delay_seconds_sum")].map { abs($0 - 0.4371) < 1e-9 } == true)
    for (number, name) in strangeHandlers.enumerated() {
        // Composed and decomposed letters stay two names.
        #expect(read[key("telltale_claimed_files_total|handler=\(name)|source=extension")] == Double(number))
    }
}

/// The families of a service with some of everything.
private func families(_ metrics: String) -> [String] {
    metrics.split(separator: "\n").filter { $0.hasPrefix("# HELP ") }.map { String($0.split(separator: " ")[2]) }
}

@Test func eachMetricStandsInTheTableOfTheReadme() throws {
    let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("README.md")
    let text = try String(decoding: Data(contentsOf: readme), as: UTF8.self)
    let named = Set(text.matches(of: /`(telltale_[a-z_]+)/).map { String($0.1) })
    #expect(named == Set(families(manyMetrics().metrics)))
}

/// What the textfile collector of the node exporter refuses: timestamps, a sample twice, a family in two pieces, help that
/// changes.
@Test func theNodeExporterTakesItAsAFile() {
    let metrics = manyMetrics().metrics
    #expect(metrics.hasSuffix("\n") && !metrics.contains("\r"))
    var families: Set<String> = []
    var current = ""
    for line in metrics.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        let words = line.split(separator: " ")
        if line.hasPrefix("# HELP ") {
            current = String(words[2])
            #expect(families.insert(current).inserted, "\(current) begins twice")
        } else if line.hasPrefix("# TYPE ") {
            #expect(words[2] == current)
        } else {
            #expect(line.hasPrefix(current))
            let afterLabels = line.drop { $0 != " " && $0 != "{" }
            let value =
                afterLabels.hasPrefix("{")
                ? afterLabels[(afterLabels.lastIndex(of: "}") ?? afterLabels.startIndex)...].dropFirst() : afterLabels
            #expect(value.split(separator: " ").count == 1, "a value and no timestamp: \(line)")
        }
    }
    #expect(!samples(metrics).isEmpty)
}

@Test func howManySeriesThereAreDependsOnNoTextOfAPublisher() {
    var status = sampleStatus()
    let before = samples(status.metrics).count
    for number in 0..<100 { status.extensions[0].counts.rejected["MissingKeyError: \(number) not found"] = 1 }
    for number in 0..<1000 {
        status.extensions[0].counts.rejectFile("\(number).json", because: "MalformedFileError: line \(number)")
    }
    #expect(samples(status.metrics).count == before + 2)
    let labels = "source=\"extension\",handler=\"Contoso.Backup\",reason=\"MissingKeyError\""
    #expect(samples(status.metrics)[key("telltale_rejected_events_total{\(labels)}")] == "100")
}
