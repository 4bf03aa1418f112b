import Testing

@testable import Configuration

@Test func aVariableSetsItsKey() {
    let layer = SettingLayer(environment: [
        ("PATH", "/bin"), ("TELLTALE", "/x"), ("TELLTALE_SPOOL_DIR", "/a b"), ("TELLTALE_SINK", "journal,ndjson"),
    ])
    #expect(layer.problems == [])
    #expect(layer.warnings == [])
    #expect(
        layer.entries == [
            .spoolDir: .init(value: .text("/a b"), source: .environment),
            .sink: .init(value: .words(["journal", "ndjson"]), source: .environment),
        ])
}

@Test func anEmptyVariableIsNotSet() {
    let layer = SettingLayer(environment: [("TELLTALE_CAP", "")])
    #expect(layer.problems == [])
    #expect(layer.entries.isEmpty)
}

@Test func aWrongVariableIsAProblemAndAnUnknownOneAWarning() {
    let layer = SettingLayer(environment: [
        ("TELLTALE_CAP", "many"), ("TELLTALE_PERIODE", "3"), ("TELLTALE_CONFIG", "/x.conf"), ("TELLTALE_X", "1"),
    ])
    #expect(layer.problems.map(\.description) == ["TELLTALE_CAP is many; 1 to 1000000000 events were expected"])
    #expect(
        layer.warnings.map(\.description) == [
            "TELLTALE_PERIODE is no setting; the nearest is TELLTALE_PERIOD", "TELLTALE_X is no setting",
        ])
    #expect(layer.entries.isEmpty)
}

@Test func anOptionIsToldAsItIsWritten() {
    let layer = SettingLayer(options: [.cap: ["0"], .sink: ["journal", "journal"], .spoolDir: [], .report: [""]])
    #expect(
        layer.problems.map(\.description) == [
            "--sink names journal twice; name each once", "--cap is 0; 1 to 1000000000 events were expected",
            "--report is empty; the path of a file was expected",
        ])
    #expect(layer.problems.allSatisfy { $0.isUsage })
}
