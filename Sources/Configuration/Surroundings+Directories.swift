extension Surroundings {
    /// What is found at the publishers' directories and at the spool.
    func directoryFindings() -> [Finding] {
        var findings: [Finding] = []
        if let logRoot {
            findings.append(rootFinding(logRoot))
            findings += extensionFindings(logRoot)
        }
        if let agentEvents { findings.append(sourceFinding("agent events", agentEvents, .agentEventsDir)) }
        return findings + spoolFindings()
    }

    private func rootFinding(_ root: LogRoot) -> Finding {
        let path = root.place.path
        switch root.place.state {
        case .there(let directory):
            if directory.isSame(as: spool) { return isSpool("log root", path) }
            let count = "extensions: \(root.handlerCount)"
            if let reason = directory.notWatchable { return polled("log root", "\(path): readable, \(count)", reason) }
            return Finding(.ok, "log root", "\(path): readable, watchable; \(count)")
        case .missing: return Finding(.ok, "log root", "\(path) does not exist yet; it is waited for")
        case .other(let kind): return wrongKind("log root", path, kind, .extensionLogDir)
        case .unreachable(let reason): return unreachable("log root", path, reason, .extensionLogDir)
        }
    }

    /// The troubled ones first; of each grade some are told one by one, and the others counted.
    private func extensionFindings(_ root: LogRoot) -> [Finding] {
        let all = root.extensions.map { sourceFinding("extension", $0.events, .extensionLogDir) }
        var findings: [Finding] = []
        for grade in [Finding.Grade.fault, .advice, .ok] {
            let some = all.filter { $0.grade == grade }
            findings += some.prefix(Self.toldExtensions)
            if some.count > Self.toldExtensions {
                findings.append(
                    Finding(
                        grade, "extensions",
                        "and \(some.count - Self.toldExtensions) more of which the same is to be said"))
            }
        }
        if root.leftOut > 0 {
            findings.append(Finding(.ok, "extensions", "\(root.leftOut) more were not looked at"))
        }
        return findings
    }

    /// A directory that files are claimed from.
    private func sourceFinding(_ subject: String, _ place: Place, _ key: Setting.Key) -> Finding {
        switch place.state {
        case .there(let directory):
            if directory.isSame(as: spool) { return isSpool(subject, place.path) }
            if let reason = directory.notWritable {
                return Finding(
                    .fault, subject,
                    "\(place.path): files cannot be moved out by \(userName) (\(reason)), so nothing can be claimed; "
                        + "give this user write access, or run as root")
            }
            let way = claims(from: directory).map { "; claims \($0.rawValue)" } ?? ""
            if let reason = directory.notWatchable {
                return polled(subject, "\(place.path): readable, writable\(way)", reason)
            }
            return Finding(.ok, subject, "\(place.path): readable, writable, watchable\(way)")
        case .missing: return Finding(.ok, subject, "\(place.path) does not exist yet; it is waited for")
        case .other(let kind):
            guard key == .extensionLogDir else { return wrongKind(subject, place.path, kind, key) }
            return Finding(
                .advice, subject,
                "\(place.path) is a \(kind) and is passed over; the extension should make it a directory")
        case .unreachable(let reason): return unreachable(subject, place.path, reason, key)
        }
    }

    private func spoolFindings() -> [Finding] {
        let path = spool.path
        var findings: [Finding] = []
        switch spool.state {
        case .there(let directory):
            findings.append(
                directory.notWritable.map { notWritable(path, $0) }
                    ?? Finding(.ok, "spool", "\(path): readable, writable"))
        case .missing(let above?):
            findings.append(
                above.directory.notWritable.map {
                    Finding(
                        .fault, "spool",
                        "\(path) does not exist, and \(userName) cannot make it in \(above.path) (\($0)); make it for this "
                            + "user, or name another with \(Setting.Key.spoolDir.option)")
                } ?? Finding(.ok, "spool", "\(path) does not exist yet; it will be made in \(above.path)"))
        case .missing(nil): findings.append(unreachable("spool", path, "nothing above it can be read", .spoolDir))
        case .other(let kind): findings.append(wrongKind("spool", path, kind, .spoolDir))
        case .unreachable(let reason): findings.append(unreachable("spool", path, reason, .spoolDir))
        }
        switch holder {
        case .nobody: break
        case .process(let holder): findings.append(Finding(.ok, "spool", "\(path) is in use by \(holder)"))
        case .unknown(let reason):
            findings.append(Finding(.advice, "spool", "whether a process uses \(path) cannot be told: \(reason)"))
        }
        return findings + claimFindings()
    }

    /// Advice on the spool's place, once for all directories.
    private func claimFindings() -> [Finding] {
        let sources = (logRoot?.extensions.map(\.events) ?? []) + (agentEvents.map { [$0] } ?? [])
        // Where no extension has come yet, the log root tells.
        let root = sources.contains { $0.directory != nil } ? [] : logRoot.map { [$0.place] } ?? []
        let ways = (sources + root).compactMap(\.directory).compactMap(claims)
        let copies = ways.count { $0 == .byCopy }
        guard copies > 0 else { return [] }
        let which =
            copies == ways.count ? "the publishers' directories" : "\(copies) of \(ways.count) publishers' directories"
        return [
            Finding(
                .advice, "claims",
                "the spool is on another mount than \(which): each file is copied instead of renamed; name with "
                    + "\(Setting.Key.spoolDir.option) a directory on the log root's mount")
        ]
    }

    /// How a file comes into the spool.
    private enum Way: String {
        case byRename = "by rename"
        case byCopy = "by copy"
    }

    /// Nil where it cannot be told, for the spool cannot be reached.
    private func claims(from source: Directory) -> Way? {
        guard let target = spool.directory ?? spool.above else { return nil }
        if let from = source.mount, let to = target.mount { return from == to ? .byRename : .byCopy }
        return source.device == target.device ? .byRename : .byCopy
    }

    private var userName: String { user == 0 ? "root" : "user \(user)" }

    private func isSpool(_ subject: String, _ path: String) -> Finding {
        Finding(
            .fault, subject,
            "\(path) and the spool \(spool.path) are the same directory; the spool needs a directory of its own")
    }

    private func polled(_ subject: String, _ what: String, _ reason: String) -> Finding {
        Finding(.advice, subject, "\(what); the kernel gives no watch (\(reason)), so that it would be polled")
    }

    private func wrongKind(_ subject: String, _ path: String, _ kind: String, _ key: Setting.Key) -> Finding {
        Finding(.fault, subject, "\(path) is a \(kind) and no directory; name a directory with \(key.option)")
    }

    private func unreachable(_ subject: String, _ path: String, _ reason: String, _ key: Setting.Key) -> Finding {
        Finding(
            .fault, subject,
            "\(path) cannot be read by \(userName) (\(reason)); give this user access, run as root, or name another with "
                + key.option)
    }

    private func notWritable(_ path: String, _ reason: String) -> Finding {
        Finding(
            .fault, "spool",
            "\(path) cannot be written by \(userName) (\(reason)); give it to this user, run as root, or name another with "
                + Setting.Key.spoolDir.option)
    }
}

extension Surroundings.Place {
    /// The directory, if one is there.
    fileprivate var directory: Surroundings.Directory? {
        if case .there(let directory) = state { directory } else { nil }
    }

    /// The directory above, if nothing is there yet.
    fileprivate var above: Surroundings.Directory? {
        if case .missing(let above) = state { above?.directory } else { nil }
    }
}

extension Surroundings.Directory {
    fileprivate func isSame(as place: Surroundings.Place) -> Bool {
        place.directory.map { $0.device == device && $0.inode == inode } ?? false
    }
}
