extension ServiceStatus {
    /// Something that is not as it should be and that an operator can do something about.
    package enum Trouble: Sendable {
        /// A sink that is stuck, failing or closed.
        case sink(Sink)
        /// Directories that the kernel does not watch.
        case polling(Watching)
        /// Extensions whose claims wait for the cap's window, and when the first of them goes on, in nanoseconds from now.
        case holding(handlers: [String], roomIn: UInt64?)
        /// The spool is near a limit, of which this part is used.
        case spoolNearlyFull(part: Double)
        /// The oldest claim is near its limit, both in nanoseconds.
        case claimNearlyTooOld(age: UInt64, limit: UInt64)
    }

    /// The part of a limit from which on it is near.
    private static let nearlyFull = 0.9

    /// All that there is, the gravest first; empty when the service is well.
    ///
    /// A sink that is throttled keeps the pace that its server asks for, and is well.
    package var troubles: [Trouble] {
        var troubles = sinks.filter { $0.state.isTrouble }.map(Trouble.sink)
        if spool.use > Self.nearlyFull { troubles.append(.spoolNearlyFull(part: spool.use)) }
        if let age = oldestAge, Double(age) > Self.nearlyFull * Double(spool.ageLimit), spool.ageLimit > 0 {
            troubles.append(.claimNearlyTooOld(age: age, limit: spool.ageLimit))
        }
        if watching.polled > 0 { troubles.append(.polling(watching)) }
        let held = extensions.filter { $0.window?.isHolding == true }
        if !held.isEmpty {
            troubles.append(
                .holding(handlers: held.compactMap(\.handler), roomIn: held.compactMap { $0.window?.roomIn }.min()))
        }
        return troubles
    }

    /// How old the oldest claim in the spool is, in nanoseconds; nil when there is none.
    var oldestAge: UInt64? { spool.oldest.map { takenAt - min($0, takenAt) } }
}

extension ServiceStatus.Spool {
    /// The part of its limits that is used: of that which is nearer.
    var use: Double {
        let parts = [(waiting.bytes, limits.bytes), (waiting.files, limits.files)]
        return parts.map { $0.1 > 0 ? Double($0.0) / Double($0.1) : 0 }.max() ?? 0
    }
}

extension ServiceStatus.Sink.State {
    /// Whether somebody should look at it.
    var isTrouble: Bool {
        switch self {
        case .working, .throttled: false
        case .stuck, .failing, .closed: true
        }
    }
}

extension ServiceStatus.Trouble: CustomStringConvertible {
    /// Columns that a name takes at most.
    private static let longestName = 60
    /// Columns that a reason takes at most.
    private static let longestReason = 300

    /// What is not as it should be, in one line.
    package var description: String {
        switch self {
        case .sink(let sink):
            let since = sink.lasting.map { " for \(ShownDuration($0))" } ?? ""
            let reason = sink.reason.isEmpty ? "" : ": \(sink.reason.shownOnTerminal(columns: Self.longestReason))"
            return switch sink.state {
            case .stuck: "the sink \(sink.name) has been stuck in one call\(since)\(reason)"
            case .failing: "the sink \(sink.name) has been failing\(since)\(reason)"
            case .closed: "the sink \(sink.name) is closed\(reason)"
            case .working, .throttled: "the sink \(sink.name) is \(sink.state.rawValue)\(reason)"
            }
        case .polling(let watching):
            return
                "\(watching.polled) of \((watching.polled + watching.notified).counting("directory", "directories")) "
                + "are only looked at from time to time, because the kernel has no more watches"
        case .holding(let handlers, let roomIn):
            let whose =
                handlers.count == 1 && !handlers[0].isEmpty
                ? handlers[0].shownOnTerminal(columns: Self.longestName) : handlers.count.counting("extension")
            let until = roomIn.map { "; the next go on in \(ShownDuration($0))" } ?? ""
            return "the cap holds events of \(whose) back\(until)"
        case .spoolNearlyFull(let part):
            return "the spool is \(Int((100 * part).rounded(.down))) % full; beyond its limits the oldest files go"
        case .claimNearlyTooOld(let age, let limit):
            return "the oldest file waits for \(ShownDuration(age)); after \(ShownDuration(limit)) it goes"
        }
    }

    /// What an operator does about it.
    package var help: String {
        switch self {
        case .sink(let sink):
            let history = "journalctl -u telltale TELLTALE_SINK=\(sink.name)"
            return sink.state == .closed
                ? "\(history) tells why; systemctl restart telltale opens it again" : "\(history) tells its history"
        case .polling:
            return
                "raise fs.inotify.max_user_watches (or max_user_instances) with sysctl; telltale check has the figures"
        case .holding: return "they are not lost; the setting cap allows more"
        case .spoolNearlyFull, .claimNearlyTooOld:
            return "see which sink does not keep up; the settings spool-limit, spool-files and spool-age allow more"
        }
    }
}
