import Configuration
import Foundation
import Testing

/// The file that packages install, line by line.
private func installedFile() throws -> [String] {
    let path = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../packaging/telltale.conf").standardized
    return try String(contentsOf: path, encoding: .utf8).components(separatedBy: "\n")
}

@Test func theInstalledFileSetsNothing() throws {
    let layer = SettingLayer(file: Array(try installedFile().joined(separator: "\n").utf8), at: "telltale.conf")
    #expect(layer.problems == [])
    #expect(layer.entries.isEmpty)
}

@Test func theInstalledFileHasEverySettingWithItsDefaultAndItsHelp() throws {
    let lines = try installedFile()
    // A setting follows its # at once, prose after a blank.
    let settings = lines.filter { $0.hasPrefix("#") && !$0.hasPrefix("# ") && $0 != "#" }.map { String($0.dropFirst()) }
    let keys = settings.map { $0.components(separatedBy: " ")[0] }
    #expect(keys == Setting.Key.allCases.map(\.rawValue))
    let layer = SettingLayer(file: Array(settings.joined(separator: "\n").utf8), at: "telltale.conf")
    #expect(layer.problems == [])
    let defaults = EffectiveConfiguration(layers: [])
    let prose = lines.filter { $0.hasPrefix("# ") }.map { $0.dropFirst(2) }.joined(separator: " ")
    for setting in Setting.all {
        let value = defaults[setting.key].value
        #expect(value == nil || layer.entries[setting.key]?.value == value, "\(setting.key)")
        #expect(prose.contains(setting.help), "\(setting.key)")
    }
}
