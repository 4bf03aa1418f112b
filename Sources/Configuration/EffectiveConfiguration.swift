/// What holds: of each setting the value from the strongest source, and which that is.
package struct EffectiveConfiguration: Sendable {
    /// What a setting is set to.
    package struct Entry: Hashable, Sendable {
        /// Nil where nobody set it and nothing is the default.
        package let value: SettingValue?
        package let source: ValueSource
    }

    private var entries: [Setting.Key: Entry] = [:]
    /// All that is wrong, in the order of the layers, and then what contradicts each other.
    package private(set) var problems: [SettingProblem] = []
    /// What was left aside.
    package let warnings: [SettingProblem]

    /// Takes the layers, the strongest first: options, environment, file, waagent.conf.
    package init(layers: [SettingLayer]) {
        warnings = layers.flatMap(\.warnings)
        for layer in layers {
            for (key, entry) in layer.entries where entries[key] == nil {
                entries[key] = Entry(value: entry.value, source: entry.source)
            }
        }
        for setting in Setting.all where entries[setting.key] == nil {
            entries[setting.key] = Entry(value: fallback(of: setting), source: .fallback)
        }
        problems = layers.flatMap(\.problems)
        problems += conflicts()
    }

    /// What another configuration sets to something else, a setting each; of header fields the names alone.
    package func differences(to other: EffectiveConfiguration) -> [String] {
        Setting.all.filter { self[$0.key].value != other[$0.key].value }.map { setting in
            let values = [self, other].map { $0[setting.key].value.map(setting.kind.shown) ?? "not set" }
            return values[0] == values[1]
                ? "\(setting.key.rawValue) has another value"
                : "\(setting.key.rawValue) was \(values[0]) and is \(values[1])"
        }
    }

    private func fallback(of setting: Setting) -> SettingValue? {
        switch setting.fallback {
        case .value(let value): value
        case .nothing: nil
        case .sameAs(let key): entries[key]?.value ?? fallback(of: Setting[key])
        case .sinksOfTheDestinations:
            .words(sinksOfTheDestinations.map(\.rawValue))
        }
    }

    private var sinksOfTheDestinations: [SinkName] {
        let named: [(SinkName, Setting.Key)] = [(.otlp, .otlpEndpoint), (.ndjson, .ndjson)]
        let sinks = named.filter { entries[$0.1]?.value != nil }.map(\.0)
        return sinks.isEmpty ? [.journal] : sinks
    }

    package subscript(key: Setting.Key) -> Entry {
        entries[key] ?? Entry(value: nil, source: .fallback)
    }

    /// The text of a setting that takes one; nil where nothing is set.
    package func text(_ key: Setting.Key) -> String? {
        switch self[key].value {
        case .text(let text): text
        case nil: nil
        case .number, .words: preconditionFailure("\(key.rawValue) takes no text.")
        }
    }

    /// The number of a setting that takes one.
    package func number(_ key: Setting.Key) -> Int {
        guard case .number(let number) = self[key].value else {
            preconditionFailure("\(key.rawValue) takes no number.")
        }
        return number
    }

    /// The word that was chosen, as a value of its type.
    package func choice<Choice: RawRepresentable<String>>(_ key: Setting.Key, as type: Choice.Type) -> Choice {
        guard let word = text(key), let choice = Choice(rawValue: word) else {
            preconditionFailure("\(key.rawValue) takes no \(type).")
        }
        return choice
    }

    /// The sinks that are to be opened, in the order in which they were named.
    package var sinks: [SinkName] {
        guard case .words(let words) = self[.sink].value else { return [] }
        return words.compactMap(SinkName.init)
    }

    /// The log root; nil when extension events are not collected.
    package var extensionLog: String? {
        choice(.extensionEvents, as: Switch.self) == .on ? text(.extensionLogDir) : nil
    }

    /// The agent's events directory; nil when agent events are not collected.
    package var agentEvents: String? {
        choice(.agentEvents, as: Switch.self) == .on ? text(.agentEventsDir) : nil
    }

    /// Where the lines of JSON go; nil when they go nowhere.
    package var ndjson: String? {
        sinks.contains(.ndjson) ? text(.ndjson) ?? "-" : nil
    }

    /// Where the sink `otlp` sends to; nil when it is not configured.
    package var otlpEndpoint: ServiceURL? {
        guard sinks.contains(.otlp), let text = text(.otlpEndpoint) else { return nil }
        return try? ServiceURL(base: text)
    }

    /// What every request to it carries.
    package var otlpHeaders: [(name: String, value: String)] {
        text(.otlpHeaders).flatMap(RequestHeaders.init)?.fields ?? []
    }

    /// The service that a setting names.
    package func endpoint(_ key: Setting.Key) -> ServiceEndpoint {
        guard let endpoint = text(key).flatMap(ServiceEndpoint.init) else {
            preconditionFailure("\(key.rawValue) takes no endpoint.")
        }
        return endpoint
    }

    /// The spool.
    package var spool: String { text(.spoolDir) ?? "" }
}
