extension Surroundings {
    /// Extensions of one grade that are told one by one.
    package static let toldExtensions = 20
    /// The descriptors that a collector may need: two caches of directories, the scans under way, the sinks.
    package static let neededFiles = 512
    /// The kernel's own default for the records that wait in one instance; with fewer a burst costs a scan of everything.
    package static let usualQueue = 16_384

    /// What is well, what could be better, and what would not work with this configuration.
    package func findings(for configuration: EffectiveConfiguration) -> [Finding] {
        directoryFindings() + kernelFindings() + outputFindings(for: configuration)
            + configuration.findings
    }

    private func kernelFindings() -> [Finding] {
        var findings = watchingFindings()
        if openFileLimit < Self.neededFiles {
            findings.append(
                Finding(
                    .advice, "open files",
                    "\(openFileLimit) are allowed, up to \(Self.neededFiles) may be needed; raise LimitNOFILE= of the unit, "
                        + "or ulimit -n"))
        } else {
            findings.append(Finding(.ok, "open files", "\(openFileLimit) are allowed"))
        }
        if let unit {
            findings.append(Finding(.ok, "unit", "this runs in \(unit), with its rights and its view of the files"))
        }
        return findings
    }

    private func watchingFindings() -> [Finding] {
        if let reason = watching.noInstance {
            return [
                Finding(
                    .advice, "inotify",
                    "the kernel gives no instance (\(reason)): directories would be polled; raise "
                        + "fs.inotify.max_user_instances (\(Self.shown(watching.instances, isComplete: watching.isComplete)))"
                )
            ]
        }
        var findings = [watchesFinding()]
        let instances = Self.shown(watching.instances, isComplete: watching.isComplete)
        findings.append(Finding(.ok, "inotify instances", instances))
        if let queue = watching.queuedEvents {
            findings.append(
                queue < Self.usualQueue
                    ? Finding(
                        .advice, "inotify queue",
                        "\(queue) records may wait; a burst beyond them costs a scan of everything. Set "
                            + "fs.inotify.max_queued_events to \(Self.usualQueue) or more")
                    : Finding(.ok, "inotify queue", "\(queue) records may wait"))
        }
        return findings
    }

    /// Each directory takes a watch, and every root one above it while it is missing.
    private func watchesFinding() -> Finding {
        let handlers = logRoot?.handlerCount ?? 0
        let needed = (logRoot == nil ? 0 : 1) + 2 * handlers + (agentEvents == nil ? 0 : 1)
        let shown = "\(Self.shown(watching.watches, isComplete: watching.isComplete)); \(needed) needed"
        guard let limit = watching.watches.limit else { return Finding(.ok, "inotify watches", shown) }
        // A collector that works here already has its watches among the used ones.
        let isWorking = if case .process = holder { true } else { false }
        let wanted = watching.watches.used + (isWorking ? 0 : needed)
        guard wanted > limit else { return Finding(.ok, "inotify watches", shown) }
        return Finding(
            .advice, "inotify watches",
            "\(shown): what has no watch would be polled. Set fs.inotify.max_user_watches to \(2 * wanted) or more")
    }

    private static func shown(_ use: Watching.Use, isComplete: Bool) -> String {
        let limit = use.limit.map { "of \($0) " } ?? ""
        return "\(isComplete ? "" : "at least ")\(use.used) \(limit)in use by this user"
    }

    private func outputFindings(for configuration: EffectiveConfiguration) -> [Finding] {
        var findings: [Finding] = []
        if configuration.sinks.contains(.journal) {
            findings.append(
                noJournal.map {
                    Finding(
                        .fault, "journald", "cannot be reached (\($0)): events would wait in the spool until it can")
                } ?? Finding(.ok, "journald", "takes entries"))
        }
        for file in files {
            findings.append(
                file.trouble.map {
                    Finding(.fault, file.key.rawValue, "\(file.path) cannot be used: \($0)")
                } ?? Finding(.ok, file.key.rawValue, "\(file.path) can be used"))
        }
        return findings
    }
}

extension EffectiveConfiguration {
    /// What is to be said of the settings alone.
    fileprivate var findings: [Finding] {
        var findings = warnings.map { Finding(.advice, "settings", "\($0); it is left aside") }
        for key in Setting.Key.allCases {
            // A path on the command line belongs to who wrote it; a file and the environment are read anywhere.
            guard Setting[key].kind.isPath, let path = text(key), self[key].source.isReadAnywhere, path != "-",
                path != SettingKind.noFile, !path.hasPrefix("/")
            else { continue }
            findings.append(
                Finding(
                    .advice, key.rawValue,
                    "\(path) begins at the working directory, which a service has elsewhere; write the whole path"))
        }
        return findings
    }
}

extension ValueSource {
    fileprivate var isReadAnywhere: Bool {
        switch self {
        case .environment, .file, .waagent: true
        case .option, .fallback: false
        }
    }
}

extension SettingKind {
    fileprivate var isPath: Bool {
        switch self {
        case .directory, .file, .output, .fileOrNone: true
        case .endpoint, .url, .headers, .number, .choice, .choices: false
        }
    }
}
