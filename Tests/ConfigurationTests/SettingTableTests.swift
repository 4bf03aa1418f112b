import Configuration
import Testing

@Test func everyKeyHasOneRowInItsOrder() {
    #expect(Setting.all.map(\.key) == Setting.Key.allCases)
}

@Test func aVariableIsTheKeyInCapitals() {
    #expect(Setting.Key.extensionLogDir.option == "--extension-log-dir")
    #expect(Setting.Key.extensionLogDir.variable == "TELLTALE_EXTENSION_LOG_DIR")
    #expect(Set(Setting.Key.allCases.map(\.variable)).count == Setting.Key.allCases.count)
}

/// A default that its own setting would refuse could not be written into a file.
@Test(arguments: Setting.Key.allCases)
func aDefaultIsAValueOfItsSetting(key: Setting.Key) {
    guard case .value(let value) = Setting[key].fallback else { return }
    let layer = SettingLayer(options: [key: ["\(value)"]])
    #expect(layer.problems == [])
    #expect(layer.entries[key]?.value == value)
}

/// Every setting can be asked for as what it is; a wrong kind would end the program.
@Test(arguments: Setting.Key.allCases)
func everySettingIsReadAsItsKind(key: Setting.Key) {
    let configuration = EffectiveConfiguration(layers: [])
    switch Setting[key].kind {
    case .directory, .file, .output, .fileOrNone, .url, .headers, .choice: _ = configuration.text(key)
    case .endpoint: #expect(configuration.endpoint(key).port == 80)
    case .number(let range, _): #expect(range.contains(configuration.number(key)))
    case .choices: #expect(configuration.sinks == [.journal])
    }
}
