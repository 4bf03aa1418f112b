internal import TelemetryEvents

extension ServiceStatus {
    /// Reads what ``json`` wrote, of this version or another: what is missing has its default, what is unknown is passed over.
    ///
    /// Instants are exact to the microsecond. The names of rejected files are not among what is told.
    ///
    /// - Throws: what is wrong with the text.
    package init(json bytes: [UInt8]) throws(ServiceStatusError) {
        let tree: JSONTree
        do throws(JSONTreeError) {
            tree = try JSONTree(bytes)
        } catch {
            throw .malformed("\(error)")
        }
        guard case .object = tree else { throw .invalidType(member: "", expected: "an object") }
        try self.init(StatusMembers(tree))
    }

    private init(_ members: StatusMembers) throws(ServiceStatusError) {
        process.version = try members.text("version")
        process.processID = Int32(clamping: try members.count("processID"))
        process.startedAt = try members.instant("startedAt") ?? 0
        process.configuration = try members.texts("configuration")
        takenAt = try members.instant("takenAt") ?? 0
        activity = try members.word("activity", orElse: .ready)
        watching = try Watching(members.object("watching"))
        cap = try members.count("cap")
        period = try members.duration("period") ?? 0
        for member in try members.objects("extensions") {
            extensions.append(try Source(member, handler: try member.text("name")))
        }
        if members.has("otherExtensions") {
            extensions.append(try Source(members.object("otherExtensions"), handler: Tally.others))
        }
        agent = try Source(members.object("agent"), handler: nil)
        residueRemoved = try members.count("residueRemoved")
        spool = try Spool(members.object("spool"))
        for member in try members.objects("sinks") { sinks.append(try Sink(member)) }
        claimDelay = try DelayHistogram(members.object("claimDelay"))
        deliveryDelay = try DelayHistogram(members.object("deliveryDelay"))
    }
}

extension ServiceStatus.Watching {
    fileprivate init(_ members: StatusMembers) throws(ServiceStatusError) {
        notified = try members.count("notified")
        polled = try members.count("polled")
    }
}

extension ServiceStatus.Amount {
    fileprivate init(_ members: StatusMembers) throws(ServiceStatusError) {
        self.init(files: try members.count("files"), bytes: try members.count("bytes"))
    }
}

extension ServiceStatus.Window {
    fileprivate init(_ members: StatusMembers) throws(ServiceStatusError) {
        admitted = try members.count("admitted")
        roomIn = try members.duration("roomIn")
        isHolding = try members.flag("isHolding")
    }
}

extension ServiceStatus.Source {
    fileprivate init(_ members: StatusMembers, handler: String?) throws(ServiceStatusError) {
        self.init(handler: handler)
        counts.files = try members.count("files")
        counts.accepted = try members.count("accepted")
        counts.rejected = try members.counts("rejected")
        counts.rejectedFileCodes = try members.counts("rejectedFiles")
        counts.overCap = try members.count("overCap")
        counts.refused = try members.counts("refused")
        waiting = try ServiceStatus.Amount(members.object("waiting"))
        if members.has("window") { window = try ServiceStatus.Window(members.object("window")) }
    }
}

extension ServiceStatus.Spool {
    fileprivate init(_ members: StatusMembers) throws(ServiceStatusError) {
        path = try members.text("path")
        waiting = try ServiceStatus.Amount(members.object("waiting"))
        oldest = try members.instant("oldest")
        limits = try ServiceStatus.Amount(members.object("limits"))
        ageLimit = try members.duration("ageLimit") ?? 0
        rejected = try ServiceStatus.Amount(members.object("rejected"))
    }
}

extension ServiceStatus.Sink {
    fileprivate init(_ members: StatusMembers) throws(ServiceStatusError) {
        self.init(name: try members.text("name"))
        state = try members.word("state", orElse: .working)
        lasting = try members.duration("lasting")
        reason = try members.text("reason")
        delivered = try members.count("delivered")
        refused = try members.count("refused")
        queued = try members.count("queued")
    }
}

extension DelayHistogram {
    fileprivate init(_ members: StatusMembers) throws(ServiceStatusError) {
        self.init(sum: try members.duration("sum") ?? 0, longest: try members.duration("longest") ?? 0)
        for range in try members.objects("ranges") {
            add(try range.count("count"), upTo: try range.duration("upTo"))
        }
    }
}
