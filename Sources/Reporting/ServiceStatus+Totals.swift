extension ServiceStatus {
    /// What became of all files and events, of whomever.
    struct Totals: Hashable, Sendable {
        var files = 0
        var accepted = 0
        var rejectedEvents = 0
        var rejectedFiles = 0
        var overCap = 0
    }

    /// Everyone's counts, the VM agent's last.
    var sources: [Source] { extensions + [agent] }

    var totals: Totals {
        sources.reduce(into: Totals()) { totals, source in
            totals.files += source.counts.files
            totals.accepted += source.counts.accepted
            totals.rejectedEvents += source.counts.rejectedEventCount
            totals.rejectedFiles += source.counts.rejectedFileCount
            totals.overCap += source.counts.overCap
        }
    }

    /// How many events were rejected, and files rejected whole, by reason: a file's is its code alone.
    var rejections: [(reason: String, count: Int)] {
        var counts: [String: Int] = [:]
        for source in sources {
            counts.merge(source.counts.rejected, uniquingKeysWith: +)
            for (code, count) in source.counts.rejectedFileCodes {
                counts["\(code) (whole files)", default: 0] += count
            }
        }
        return counts.map { ($0.key, $0.value) }.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    }
}
