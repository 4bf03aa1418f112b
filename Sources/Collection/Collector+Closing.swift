internal import Delivery
internal import Reporting

/// When the work ends, and for what.
extension Collector {
    /// What is in flight is waited for, and nothing more is taken.
    struct Closing {
        /// What follows.
        enum Purpose {
            /// The end.
            case stop
            /// A start with another configuration.
            case reload
        }

        var purpose: Purpose
        /// Nanoseconds since boot.
        var deadline: UInt64
    }

    var isClosing: Bool { closing != nil }

    /// Claims nothing more, and ends when what is in flight is acknowledged or the time for that is over.
    func stop(at now: UInt64) {
        if closing?.purpose == .stop { return }
        let isFirst = !isClosing
        closing = Closing(purpose: .stop, deadline: now + settings.stopWithin - CollectorBounds.lastCall)
        observer.stopping()
        notices.tell(
            Notice(.stopping, about: "telltale", "Stopping: \(inFlight.count) files are in flight."), now: now)
        if isFirst { tellLastNews(at: now) }
    }

    /// Reads the configuration again; for one that is new and right, the work ends here as at a stop, but sooner.
    ///
    /// What is in flight by then stays in the spool, as at any end, and the directories are scanned by the next start, so that nothing
    /// that came in between is missed.
    func reload(at now: UInt64) -> ReloadOutcome {
        guard !isClosing else { return .refused(["the service is about to end or to reload"]) }
        // The service manager takes the end of a reload for readiness.
        guard isReady else { return .refused(["the first scan is not over yet; ask again after that"]) }
        let outcome = observer.reload()
        switch outcome {
        case .unchanged: watcher.rescan()
        case .refused: break
        case .accepted:
            closing = Closing(purpose: .reload, deadline: now + CollectorBounds.reloadWait)
            tellLastNews(at: now)
        }
        return outcome
    }

    /// Answers what others asked; all that ask for the status get the same one.
    func answer(_ requests: [CollectorRequests.Request], at now: UInt64) {
        var status: ServiceStatus?
        for request in requests {
            switch request {
            case .status(let answer):
                let known = status ?? self.status(at: now)
                status = known
                answer(known)
            case .reload(let answer): answer(reload(at: now))
            }
        }
    }

    func ending(at now: UInt64) -> Ending? {
        if let closedSink { return .sinkClosed(name: closedSink.name, reason: closedSink.reason) }
        if let closing {
            // What waits for a destination that fails has no better chance now than after the next start. Our own reports are no
            // claims: what no sink took of them goes with us.
            let isOver = now >= closing.deadline || delivery.isWaitingForRecovery
            guard (inFlight.isEmpty && reportsInFlight.isEmpty) || isOver else { return nil }
            if closing.purpose == .reload { return .reloading }
            if !inFlight.isEmpty { return .left(claims: inFlight.count) }
            return mode == .service || isPassDone ? .complete : .interrupted
        }
        guard mode == .onePass, hasToldLast, isPassOver else { return nil }
        return isPassDone ? .complete : .incomplete
    }

    /// Whether one pass can do nothing more.
    var isPassOver: Bool {
        hasNothingInHand && (troubled.isEmpty || troubles >= CollectorBounds.triesOfOnePass)
            && (unsettled.isEmpty || unsettledRounds >= CollectorBounds.triesOfOnePass)
    }

    /// Whether one pass has taken all that was there.
    private var isPassDone: Bool { hasNothingInHand && troubled.isEmpty && unsettled.isEmpty }

    /// Whether all that was found is taken, but for directories that are looked at again after trouble.
    private var hasNothingInHand: Bool {
        isReady && !watcher.hasWork && debouncer.isEmpty && dueBatches.isEmpty && awaited.isEmpty
            && deferred.isEmpty && unreadableSpools.isEmpty && inFlight.isEmpty && reportsInFlight.isEmpty
            && !canProcess
    }

    /// A sink that is gone for good; asked when the sinks have woken us.
    func findClosedSink() -> (name: String, reason: String)? {
        for status in delivery.status() {
            if case .closed(let reason) = status.state { return (status.name, reason) }
        }
        return nil
    }
}
