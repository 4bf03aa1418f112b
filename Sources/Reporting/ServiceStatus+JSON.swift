extension ServiceStatus {
    /// One JSON object, with a line end behind it.
    ///
    /// Durations are in seconds, instants in ISO 8601 (UTC); what there is none of is null. Names do not change; more may come.
    package var json: String {
        var members = JSONMembers()
        members.add("version", process.version)
        members.add("processID", Int(process.processID))
        members.add("startedAt", instant: process.startedAt)
        members.add("configuration", list: process.configuration.map(\.quotedAsJSON))
        members.add("takenAt", instant: takenAt)
        members.add("activity", activity.rawValue)
        members.add("isWell", troubles.isEmpty)
        members.add("troubles", list: troubles.map(\.description.quotedAsJSON))
        members.add("watching", json: Self.json(watching))
        members.add("cap", cap)
        members.add("period", duration: period)
        members.add("totals", json: Self.json(totals))
        members.add("extensions", list: extensions.filter { $0.handler != Tally.others }.map(Self.json))
        if let others = extensions.first(where: { $0.handler == Tally.others }) {
            members.add("otherExtensions", json: Self.json(others))
        }
        members.add("agent", json: Self.json(agent))
        members.add("residueRemoved", residueRemoved)
        members.add("spool", json: Self.json(spool))
        members.add("sinks", list: sinks.map(Self.json))
        members.add("claimDelay", json: Self.json(claimDelay))
        members.add("deliveryDelay", json: Self.json(deliveryDelay))
        return members.object + "\n"
    }

    private static func json(_ watching: Watching) -> String {
        var members = JSONMembers()
        members.add("notified", watching.notified)
        members.add("polled", watching.polled)
        return members.object
    }

    private static func json(_ totals: Totals) -> String {
        var members = JSONMembers()
        members.add("files", totals.files)
        members.add("accepted", totals.accepted)
        members.add("rejected", totals.rejectedEvents)
        members.add("rejectedFiles", totals.rejectedFiles)
        members.add("overCap", totals.overCap)
        return members.object
    }

    private static func json(_ source: Source) -> String {
        var members = JSONMembers()
        if let handler = source.handler, !handler.isEmpty { members.add("name", handler) }
        members.add("files", source.counts.files)
        members.add("accepted", source.counts.accepted)
        members.add("rejected", source.counts.rejected)
        members.add("rejectedFiles", source.counts.rejectedFileCodes)
        if source.handler != nil { members.add("overCap", source.counts.overCap) }
        members.add("refused", source.counts.refused)
        members.add("waiting", json: json(source.waiting))
        if let window = source.window { members.add("window", json: json(window)) }
        return members.object
    }

    private static func json(_ window: Window) -> String {
        var members = JSONMembers()
        members.add("admitted", window.admitted)
        members.add("roomIn", duration: window.roomIn)
        members.add("isHolding", window.isHolding)
        return members.object
    }

    private static func json(_ amount: Amount) -> String {
        var members = JSONMembers()
        members.add("files", amount.files)
        members.add("bytes", amount.bytes)
        return members.object
    }

    private static func json(_ spool: Spool) -> String {
        var members = JSONMembers()
        members.add("path", spool.path)
        members.add("waiting", json: json(spool.waiting))
        members.add("oldest", instant: spool.oldest)
        members.add("limits", json: json(spool.limits))
        members.add("ageLimit", duration: spool.ageLimit)
        members.add("rejected", json: json(spool.rejected))
        return members.object
    }

    private static func json(_ sink: Sink) -> String {
        var members = JSONMembers()
        members.add("name", sink.name)
        members.add("state", sink.state.rawValue)
        members.add("lasting", duration: sink.lasting)
        members.add("reason", sink.reason)
        members.add("delivered", sink.delivered)
        members.add("refused", sink.refused)
        members.add("queued", sink.queued)
        return members.object
    }

    /// With the ranges in which anything was counted; the last of all has no bound.
    private static func json(_ delays: DelayHistogram) -> String {
        var members = JSONMembers()
        members.add("count", delays.count)
        members.add("sum", duration: delays.sum)
        members.add("longest", duration: delays.longest)
        for (name, part) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            members.add(name, duration: delays.percentile(part))
        }
        let ranges = delays.counts.enumerated().filter { $0.element > 0 }.map { range, count in
            var members = JSONMembers()
            members.add("upTo", duration: range < DelayHistogram.bounds.count ? DelayHistogram.bounds[range] : nil)
            members.add("count", count)
            return members.object
        }
        members.add("ranges", list: ranges)
        return members.object
    }
}
