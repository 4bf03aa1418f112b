extension ServiceStatus {
    /// A publisher with the labels of its samples.
    private typealias LabelledSource = (source: Source, labels: Labels)

    /// The status as metrics for Prometheus: text format 0.0.4.
    ///
    /// How many series there are is bounded: a label holds a handler of ``extensions``, a sink, a state, or the code of a reason.
    package var metrics: String {
        var exposition = Exposition()
        addProcess(to: &exposition)
        let sources = sources.map { (source: $0, labels: $0.labels) }
        Self.addCounts(of: sources, to: &exposition)
        exposition.begin(
            "telltale_removed_residue_files_total", .counter,
            "Files in the events directories that were no event files and were removed for their age.")
        exposition.add(residueRemoved)
        Self.addWaiting(of: sources, to: &exposition)
        addWindows(of: sources, to: &exposition)
        addSpool(to: &exposition)
        addSinks(to: &exposition)
        exposition.begin(
            "telltale_claim_delay_seconds", .histogram,
            "From the last write to an event file until it was claimed.")
        Self.add(claimDelay, to: &exposition)
        exposition.begin(
            "telltale_delivery_delay_seconds", .histogram,
            "From the claim of an event file until every sink had acknowledged all its events.")
        Self.add(deliveryDelay, to: &exposition)
        return exposition.text
    }

    private func addProcess(to exposition: inout Exposition) {
        exposition.begin("telltale_build_info", .gauge, "The version that runs; always 1.")
        exposition.add(1, Labels("version", process.version))
        exposition.begin("telltale_start_time_seconds", .gauge, "When the service started, in seconds since 1970.")
        exposition.add(DecimalSeconds.text(process.startedAt))
        exposition.begin("telltale_activity", .gauge, "What the service is about: 1 for the state that holds.")
        for state in Activity.allCases { exposition.add(state == activity ? 1 : 0, Labels("state", state.rawValue)) }
        exposition.begin(
            "telltale_watched_directories", .gauge,
            "Directories that are looked after; by polling where the kernel has no more watches.")
        exposition.add(watching.notified, Labels("method", "notification"))
        exposition.add(watching.polled, Labels("method", "polling"))
    }

    private static func addCounts(of sources: [LabelledSource], to exposition: inout Exposition) {
        exposition.begin("telltale_claimed_files_total", .counter, "Event files that were taken.")
        for (source, labels) in sources { exposition.add(source.counts.files, labels) }
        exposition.begin(
            "telltale_accepted_events_total", .counter,
            "Events that the validator accepted and the cap did not leave out.")
        for (source, labels) in sources { exposition.add(source.counts.accepted, labels) }
        exposition.begin("telltale_over_cap_events_total", .counter, "Events that the cap left out.")
        for (source, labels) in sources where source.handler != nil { exposition.add(source.counts.overCap, labels) }
        exposition.begin(
            "telltale_rejected_events_total", .counter, "Events that were rejected, by the code of the reason.")
        for (source, labels) in sources {
            var codes: [String: Int] = [:]
            for (reason, count) in source.counts.rejected { codes[Tally.Counts.code(of: reason), default: 0] += count }
            add(codes, labels, to: &exposition)
        }
        exposition.begin(
            "telltale_rejected_files_total", .counter,
            "Event files that were rejected whole, by the code of the reason.")
        for (source, labels) in sources { add(source.counts.rejectedFileCodes, labels, to: &exposition) }
    }

    private static func add(_ codes: [String: Int], _ labels: Labels, to exposition: inout Exposition) {
        for (code, count) in codes.sorted(by: { $0.key < $1.key }) {
            exposition.add(count, labels.with("reason", code))
        }
    }

    private static func addWaiting(of sources: [LabelledSource], to exposition: inout Exposition) {
        exposition.begin("telltale_waiting_files", .gauge, "Claimed files in the spool.")
        for (source, labels) in sources { exposition.add(source.waiting.files, labels) }
        exposition.begin("telltale_waiting_bytes", .gauge, "What the claimed files in the spool hold.")
        for (source, labels) in sources { exposition.add(source.waiting.bytes, labels) }
    }

    private func addWindows(of sources: [LabelledSource], to exposition: inout Exposition) {
        exposition.begin("telltale_cap_events", .gauge, "Events of one extension that are admitted in any period.")
        exposition.add(cap)
        exposition.begin("telltale_cap_period_seconds", .gauge, "The period of the cap.")
        exposition.add(DecimalSeconds.text(period))
        exposition.begin(
            "telltale_window_admitted_events", .gauge, "Events that were admitted in the period that ends now.")
        for (source, labels) in sources {
            if let window = source.window { exposition.add(window.admitted, labels) }
        }
        exposition.begin(
            "telltale_window_holding", .gauge, "1 while claims wait for the cap's window (--over-cap hold), else 0.")
        for (source, labels) in sources {
            if let window = source.window { exposition.add(window.isHolding ? 1 : 0, labels) }
        }
    }

    private func addSpool(to exposition: inout Exposition) {
        exposition.begin("telltale_spool_files", .gauge, "Claimed files in the spool, of all publishers.")
        exposition.add(spool.waiting.files)
        exposition.begin("telltale_spool_limit_files", .gauge, "Claimed files beyond which the oldest go.")
        exposition.add(spool.limits.files)
        exposition.begin("telltale_spool_bytes", .gauge, "What the claimed files in the spool hold, of all publishers.")
        exposition.add(spool.waiting.bytes)
        exposition.begin("telltale_spool_limit_bytes", .gauge, "What they hold at most; beyond, the oldest go.")
        exposition.add(spool.limits.bytes)
        exposition.begin("telltale_spool_limit_age_seconds", .gauge, "The age beyond which a claimed file goes.")
        exposition.add(DecimalSeconds.text(spool.ageLimit))
        exposition.begin(
            "telltale_spool_oldest_claim_timestamp_seconds", .gauge,
            "When the oldest file in the spool was claimed, in seconds since 1970; absent while the spool is empty.")
        if let oldest = spool.oldest { exposition.add(DecimalSeconds.text(oldest)) }
        exposition.begin("telltale_kept_rejected_files", .gauge, "Rejected files that are kept for whoever asks why.")
        exposition.add(spool.rejected.files)
        exposition.begin("telltale_kept_rejected_bytes", .gauge, "What these hold.")
        exposition.add(spool.rejected.bytes)
    }

    private func addSinks(to exposition: inout Exposition) {
        exposition.begin("telltale_sink_state", .gauge, "How a sink is: 1 for the state that holds.")
        for sink in sinks {
            for state in Sink.State.allCases {
                exposition.add(state == sink.state ? 1 : 0, sink.labels.with("state", state.rawValue))
            }
        }
        exposition.begin(
            "telltale_sink_state_since_timestamp_seconds", .gauge,
            "Since when a sink's state holds, in seconds since 1970; absent where it is not told.")
        for sink in sinks {
            guard let lasting = sink.lasting else { continue }
            exposition.add(DecimalSeconds.text(takenAt - min(lasting, takenAt)), sink.labels)
        }
        exposition.begin("telltale_delivered_events_total", .counter, "Events that a sink acknowledged.")
        for sink in sinks { exposition.add(sink.delivered, sink.labels) }
        exposition.begin("telltale_refused_events_total", .counter, "Events that a sink refused for good.")
        for sink in sinks { exposition.add(sink.refused, sink.labels) }
        exposition.begin("telltale_sink_queued_events", .gauge, "Events in memory that a sink has to take next.")
        for sink in sinks { exposition.add(sink.queued, sink.labels) }
    }

    /// The upper bounds of a histogram's buckets but the last, in nanoseconds: 100 µs to 50,000 s.
    private static let buckets: [UInt64] = (0..<9).flatMap { decade in
        let base = (0..<decade).reduce(UInt64(100_000)) { power, _ in power * 10 }
        return [base, base * 5 / 2, base * 5]
    }

    private static func add(_ delays: DelayHistogram, to exposition: inout Exposition) {
        for bound in buckets {
            exposition.add(
                String(delays.count(upTo: bound)), Labels("le", DecimalSeconds.text(bound)), suffix: "_bucket")
        }
        exposition.add(String(delays.count), Labels("le", "+Inf"), suffix: "_bucket")
        exposition.add(DecimalSeconds.text(delays.sum), suffix: "_sum")
        exposition.add(String(delays.count), suffix: "_count")
    }
}

extension ServiceStatus.Source {
    /// Whose a sample is; all samples of a family have the same label names.
    fileprivate var labels: Labels {
        let kind =
            switch handler {
            case nil: "agent"
            case Tally.others: "others"
            default: "extension"
            }
        return Labels("source", kind).with("handler", handler ?? "")
    }
}

extension ServiceStatus.Sink {
    fileprivate var labels: Labels { Labels("sink", name) }
}
