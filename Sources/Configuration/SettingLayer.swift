/// What one source sets: the command line, the environment, or one of the files.
package struct SettingLayer: Sendable {
    /// A value and where it was set.
    package struct Entry: Hashable, Sendable {
        package let value: SettingValue
        package let source: ValueSource
    }

    package internal(set) var entries: [Setting.Key: Entry] = [:]
    /// What keeps the program from working as it was told to.
    package internal(set) var problems: [SettingProblem] = []
    /// What is left aside, so that somebody should know.
    package internal(set) var warnings: [SettingProblem] = []

    /// What one thing that is wrong leaves of a source: nothing else.
    package init(problem: SettingProblem) {
        problems = [problem]
    }

    /// What one thing that is left aside leaves of a source: nothing else.
    package init(warning: SettingProblem) {
        warnings = [warning]
    }

    /// The variable that names the configuration file, as `--config` does.
    package static let configurationVariable = "\(Setting.Key.variablePrefix)CONFIG"

    /// What the command line says; an option that may be repeated has several texts.
    package init(options: [Setting.Key: [String]]) {
        for key in Setting.Key.allCases {
            guard let written = options[key], !written.isEmpty else { continue }
            read(written.joined(separator: " "), as: key, from: .option, at: .option(key))
        }
    }

    /// What the environment says.
    ///
    /// A variable that is empty counts as not set, and one that begins as ours do and is none is a warning.
    package init(environment: [(name: String, value: String)]) {
        let keys = Dictionary(uniqueKeysWithValues: Setting.Key.allCases.map { ($0.variable, $0) })
        for (name, value) in environment where name.hasPrefix(Setting.Key.variablePrefix) {
            if let key = keys[name] {
                if !value.isEmpty { read(value, as: key, from: .environment, at: .variable(name)) }
            } else if name != Self.configurationVariable {
                let nearest = Self.nearestVariable(to: name)
                warnings.append(SettingProblem(.variable(name), .unknownKey(name, nearest: nearest)))
            }
        }
    }

    /// The prefix that all have makes no two names alike.
    private static func nearestVariable(to name: String) -> String? {
        let prefix = Setting.Key.variablePrefix
        let known = Setting.Key.allCases.map(\.variable) + [configurationVariable]
        let ends = known.map { String($0.dropFirst(prefix.count)) }
        return NearestName.to(String(name.dropFirst(prefix.count)), of: ends).map { prefix + $0 }
    }

    /// What Telltale's configuration file says.
    ///
    /// - Parameters:
    ///   - file: the file's bytes, or more of them than ``largestFile``.
    ///   - path: how the file was named.
    package init(file: [UInt8], at path: String) {
        guard file.count <= Self.largestFile else {
            problems.append(SettingProblem(.file(path: path), .tooLarge))
            return
        }
        var lines: [Setting.Key: Int] = [:]
        for line in ConfigurationLines.parse(file, .strict) {
            let place = SettingProblem.Place.line(path: path, line.number)
            guard case .pair(let name, let value) = line.content else {
                if case .fault(let fault) = line.content { problems.append(SettingProblem(place, fault)) }
                continue
            }
            guard let key = Setting.Key(rawValue: name) else {
                let nearest = NearestName.to(name, of: Setting.Key.allCases.map(\.rawValue))
                problems.append(SettingProblem(place, .unknownKey(name, nearest: nearest)))
                continue
            }
            if let first = lines[key], !Setting[key].kind.isList {
                problems.append(SettingProblem(place, .doubled(key: name, first: first)))
                continue
            }
            lines[key] = line.number
            read(value, as: key, from: .file(path: path, line: line.number), at: place)
        }
    }

    /// The largest configuration file that is read, in bytes.
    package static var largestFile: Int { ConfigurationLines.largestFile }

    /// Reads one value; a further one of a list is appended to it.
    mutating func read(
        _ written: String, as key: Setting.Key, from source: ValueSource, at place: SettingProblem.Place
    ) {
        let name = source.name(of: key)
        guard let value = Setting[key].kind.value(of: written) else {
            let kind = Setting[key].kind
            // What proves who is asking is not shown, not even half of it.
            let shown = kind == .headers ? "…" : written
            problems.append(SettingProblem(place, .wrongValue(key: name, value: shown, expected: kind.expectation)))
            return
        }
        guard case .words(let words) = value else {
            entries[key] = Entry(value: value, source: source)
            return
        }
        var all: [String] = []
        if case .words(let earlier) = entries[key]?.value { all = earlier }
        for word in words {
            if all.contains(word) { problems.append(SettingProblem(place, .namedTwice(key: name, word: word))) }
            all.append(word)
        }
        entries[key] = Entry(value: .words(all), source: entries[key]?.source ?? source)
    }
}
