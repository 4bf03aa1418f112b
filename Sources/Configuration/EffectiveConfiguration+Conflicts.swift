internal import SystemPackage

extension EffectiveConfiguration {
    /// The settings that contradict each other.
    ///
    /// Each is right by itself; a wrong value has its own problem, and the default stands here in its place.
    func conflicts() -> [SettingProblem] {
        [
            delays(), outputWithoutSink(), otlpWithoutEndpoint(), endpointWithoutOTLP(), nothingToCollect(),
            agentAmongExtensions(),
        ].compactMap(\.self)
            + spoolAmongEvents()
    }

    private func delays() -> SettingProblem? {
        let (window, delay) = (number(.quietWindow), number(.maxDelay))
        guard delay < window else { return nil }
        return conflict(
            .maxDelay, .quietWindow,
            "\(name(.maxDelay)) (\(delay) ms) is shorter than \(name(.quietWindow)) (\(window) ms); make it at least as long"
        )
    }

    /// A sink that was chosen by a stronger source than the output puts the output out of use, which is no contradiction.
    private func outputWithoutSink() -> SettingProblem? {
        guard self[.ndjson].value != nil, !sinks.contains(.ndjson),
            self[.ndjson].source.precedence >= self[.sink].source.precedence
        else { return nil }
        return conflict(
            .ndjson, .sink,
            "\(name(.ndjson)) is given, but no \(name(.sink)) is ndjson; add \(Setting.Key.sink.option) ndjson or leave "
                + "\(name(.ndjson)) out")
    }

    private func otlpWithoutEndpoint() -> SettingProblem? {
        guard sinks.contains(.otlp), self[.otlpEndpoint].value == nil else { return nil }
        return conflict(
            .sink, .otlpEndpoint,
            "\(name(.sink)) otlp needs to know where it sends to; name the receiver with "
                + "\(Setting.Key.otlpEndpoint.option), such as http://127.0.0.1:4318")
    }

    private func endpointWithoutOTLP() -> SettingProblem? {
        guard self[.otlpEndpoint].value != nil, !sinks.contains(.otlp),
            self[.otlpEndpoint].source.precedence >= self[.sink].source.precedence
        else { return nil }
        return conflict(
            .otlpEndpoint, .sink,
            "\(name(.otlpEndpoint)) is given, but no \(name(.sink)) is otlp; add \(Setting.Key.sink.option) otlp or leave "
                + "\(name(.otlpEndpoint)) out")
    }

    private func nothingToCollect() -> SettingProblem? {
        guard extensionLog == nil, agentEvents == nil else { return nil }
        return conflict(
            .extensionEvents, .agentEvents,
            "\(name(.extensionEvents)) off and \(name(.agentEvents)) off leave nothing to collect; switch one on")
    }

    /// Each would take the other's event files for residue, and remove those that are old.
    ///
    /// Paths are compared as they are written; links may still lead from one to the other.
    private func agentAmongExtensions() -> SettingProblem? {
        guard let agentEvents, let extensionLog else { return nil }
        let (events, root) = (Self.normalized(agentEvents), Self.normalized(extensionLog))
        guard events.starts(with: root) else { return nil }
        let below = events.components.dropFirst(root.components.count)
        guard below.count == 2, below.last == "events" else { return nil }
        return conflict(
            .agentEventsDir, .extensionLogDir,
            "\(name(.agentEventsDir)) (\(ShownText(agentEvents))) is an extension's events directory below "
                + "\(name(.extensionLogDir)) (\(ShownText(extensionLog))); name different ones")
    }

    /// The spool's own directories would be taken for publishers', or its files for theirs.
    ///
    /// Paths are compared as they are written; links may still lead from one to the other.
    private func spoolAmongEvents() -> [SettingProblem] {
        let spool = Self.normalized(self.spool)
        var problems: [SettingProblem] = []
        func add(_ key: Setting.Key, _ relation: String, _ other: String) {
            problems.append(
                conflict(
                    .spoolDir, key,
                    "\(name(.spoolDir)) (\(ShownText(self.spool))) \(relation) \(name(key)) (\(ShownText(other))); "
                        + "the spool needs a directory of its own"))
        }
        if let agentEvents {
            let events = Self.normalized(agentEvents)
            if spool.starts(with: events) {
                add(.agentEventsDir, spool == events ? "is" : "lies inside", agentEvents)
            } else if events.starts(with: spool) {
                add(.agentEventsDir, "holds", agentEvents)
            }
        }
        if let extensionLog {
            let root = Self.normalized(extensionLog)
            if spool == root {
                add(.extensionLogDir, "is", extensionLog)
            } else if spool.starts(with: root) {
                let below = spool.components.dropFirst(root.components.count)
                if below.dropFirst().first == "events" {
                    add(.extensionLogDir, "lies in an events directory of", extensionLog)
                }
            } else if root.starts(with: spool) {
                add(.extensionLogDir, "holds", extensionLog)
            }
        }
        return problems
    }

    private static func normalized(_ path: String) -> FilePath {
        FilePath(path).lexicallyNormalized()
    }

    private func name(_ key: Setting.Key) -> String {
        self[key].source.nameWithPlace(of: key)
    }

    /// The command line alone is wrong when all that was set was set there.
    private func conflict(_ first: Setting.Key, _ second: Setting.Key, _ text: String) -> SettingProblem {
        let sources = [self[first].source, self[second].source].filter { $0 != .fallback }
        let isUsage = sources.allSatisfy { $0 == .option }
        return SettingProblem(isUsage ? .option(first) : .several, .conflict(text))
    }
}
