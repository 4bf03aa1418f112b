internal import Delivery
internal import RateLimiting
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// How the work goes, for the service manager and for whoever asks.
extension Collector {
    /// Tells the service manager what is due.
    func reportProgress(at now: UInt64) {
        if !isReady, !watcher.hasWork {
            isReady = true
            observer.ready()
            isStatusStale = true
        }
        if !isReady, now >= nextStartWord {
            nextStartWord = now + settings.startWordInterval
            observer.starting("The first scan goes on: \(watcher.watchedCount) directories are watched so far")
        }
        if let due = nextHeartbeat, due <= now, let interval = observer.heartbeatInterval {
            observer.heartbeat()
            nextHeartbeat = now + interval
            // A sink that is stuck in a call shows without any change of the counts.
            if isReady, !isClosing { tellStatusLine(at: now) }
        }
        if isStatusStale, isReady, !isClosing, now >= nextStatus {
            isStatusStale = false
            nextStatus = now + CollectorBounds.statusInterval
            tellStatusLine(at: now)
            observer.changed()
        }
    }

    private func tellStatusLine(at now: UInt64) {
        let line = statusLine(at: now)
        if line != toldStatus { observer.status(line) }
        toldStatus = line
    }

    /// What an operator asks first, in one line.
    private func statusLine(at now: UInt64) -> String {
        let sinks = delivery.status().map { Self.status(of: $0, at: now) }
        let states = sinks.map { sink in
            let reason = sink.reason.isEmpty ? "" : ": \(sink.reason)"
            return switch sink.state {
            case .working: "\(sink.name) ok, \(sink.delivered) delivered"
            case .stuck: "\(sink.name) stuck in one call, \(sink.delivered) delivered"
            case .throttled, .failing, .closed: "\(sink.name) \(sink.state.rawValue)\(reason)"
            }
        }
        let heldBack = held.isEmpty ? "" : " (\(held.count) publishers held by the cap)"
        let polled = watcher.polledCount == 0 ? "" : " and polling \(watcher.polledCount)"
        return "Watching \(watcher.watchedCount)\(polled) directories; accepted \(tally.accepted) events, "
            + "rejected \(tally.rejected), over the cap \(tally.overCap); \(spool.use.total.files) files waiting\(heldBack); "
            + states.joined(separator: "; ")
    }

    /// What is so now, for whoever asks.
    func status(at now: UInt64) -> ServiceStatus {
        var status = ServiceStatus()
        status.process = identity
        status.activity = isClosing ? .stopping : isReady ? .ready : .starting
        status.takenAt = Clocks.nanosecondsSince1970()
        status.watching.notified = watcher.watchedCount
        status.watching.polled = watcher.polledCount
        status.cap = settings.limit.cap
        status.period = settings.limit.period
        status.extensions = extensionStatuses(at: now)
        status.agent.counts = tally.agent
        status.agent.waiting = spool.use[.agent].status
        status.residueRemoved = tally.residueRemoved
        status.spool = spoolStatus
        status.sinks = delivery.status().map { Self.status(of: $0, at: now) }
        status.claimDelay = claimDelay
        status.deliveryDelay = deliveryDelay
        return status
    }

    private var spoolStatus: ServiceStatus.Spool {
        var answer = ServiceStatus.Spool()
        answer.path = spool.path.string
        answer.waiting = spool.use.total.status
        answer.oldest = spool.use.oldest
        answer.limits = .init(files: settings.spool.files, bytes: settings.spool.bytes)
        answer.ageLimit = settings.spool.age
        if let rejectedStore { answer.rejected = .init(files: rejectedStore.fileCount, bytes: rejectedStore.bytes) }
        return answer
    }

    /// Those that were counted, that wait, or that have a window, sorted by name; beyond a number of them the others together.
    private func extensionStatuses(at now: UInt64) -> [ServiceStatus.Source] {
        var sources: [String: ServiceStatus.Source] = [:]
        func change(_ name: String, _ change: (inout ServiceStatus.Source) -> Void) {
            let named = sources.count - (sources.index(forKey: Tally.others) == nil ? 0 : 1)
            let name = sources.index(forKey: name) != nil || named < Tally.namedHandlers ? name : Tally.others
            change(&sources[name, default: ServiceStatus.Source(handler: name)])
        }
        for (name, counts) in tally.handlers { change(name) { $0.counts = counts } }
        for (name, amount) in spool.use.handlers {
            change(name.description) { source in
                source.waiting.files += amount.files
                source.waiting.bytes += amount.bytes
            }
        }
        for publisher in admissions.publishers {
            guard case .handler(let name) = publisher, sources.index(forKey: name.description) != nil else { continue }
            sources[name.description]?.window = window(of: publisher, at: now)
        }
        let others = sources.removeValue(forKey: Tally.others)
        for name in sources.keys where sources[name]?.window == nil { sources[name]?.window = ServiceStatus.Window() }
        return sources.values.sorted { ($0.handler ?? "") < ($1.handler ?? "") } + (others.map { [$0] } ?? [])
    }

    private func window(of publisher: Publisher, at now: UInt64) -> ServiceStatus.Window {
        let instant = BootInstant(nanoseconds: now)
        var window = ServiceStatus.Window()
        window.admitted = admissions.admitted(from: publisher, at: instant)
        window.roomIn = admissions.nextRoom(for: publisher, at: instant).map {
            $0.nanoseconds - min($0.nanoseconds, now)
        }
        window.isHolding = held[publisher] != nil
        return window
    }

    private static func status(of sink: Delivery.SinkStatus, at now: UInt64) -> ServiceStatus.Sink {
        var answer = ServiceStatus.Sink(name: sink.name)
        answer.delivered = sink.delivered
        answer.refused = sink.refused
        answer.queued = sink.queued
        switch sink.state {
        case .working:
            let calling = sink.callingSince.map { now - min($0, now) } ?? 0
            if calling > CollectorBounds.stuckAfter {
                answer.state = .stuck
                answer.lasting = calling
            }
        case .throttled(let since, let reason): answer.set(.throttled, since, reason, at: now)
        case .failing(let since, let reason): answer.set(.failing, since, reason, at: now)
        case .closed(let reason):
            answer.state = .closed
            answer.reason = reason
        }
        return answer
    }

    /// Takes note of how long a file lay there, from its last write to its claim; of those that an earlier process claimed it was
    /// its matter.
    func countClaimDelay(of claim: Claim, modified: Int64) {
        guard claim.shelf == .arrived, !counted.contains(claim.id), newestRestored.map({ claim.id > $0 }) ?? true else {
            return
        }
        let modified = UInt64(clamping: modified)
        claimDelay.add(claim.id.time - min(modified, claim.id.time))
    }

    /// Takes note of how long it took from a file's claim to its last acknowledgement.
    func countDeliveryDelay(of claim: Claim) {
        let now = Clocks.nanosecondsSince1970()
        deliveryDelay.add(now - min(claim.id.time, now))
    }
}

extension ServiceStatus.Sink {
    fileprivate mutating func set(_ state: State, _ since: UInt64, _ reason: String, at now: UInt64) {
        self.state = state
        lasting = now - min(since, now)
        self.reason = reason
    }
}

extension SpoolUse.Amount {
    fileprivate var status: ServiceStatus.Amount { .init(files: files, bytes: bytes) }
}
