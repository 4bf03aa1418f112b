/// Which notices go out and how many were left out since: a bound on what one fault, or many of one kind, can write.
struct Repetition {
    /// Notices that did not go out.
    struct LeftOut: Hashable {
        var notices = 0
        /// The events or files that they were about.
        var count = 0

        static func += (total: inout LeftOut, more: LeftOut) {
            total.notices += more.notices
            total.count += more.count
        }
    }

    /// This many subjects are remembered, those told of last.
    static let subjects = 1024
    /// This many bounded notices of one kind go out in any one of their periods, whatever their subjects are; and as many of the
    /// last ones.
    static let perKind = 100

    private struct Key: Hashable {
        let kind: Notice.Kind
        let subject: String
    }

    private struct Subject {
        var told: UInt64
        var leftOut = LeftOut()
    }

    private struct KindPeriod {
        var start: UInt64
        var told = 0
    }

    private var subjects: [Key: Subject] = [:]
    private var kinds: [Notice.Kind: KindPeriod] = [:]
    /// Of what was told when the work ended.
    private var last: [Notice.Kind: Int] = [:]
    /// About subjects that are no longer remembered or were beyond the bound of the kind.
    private var others: [Notice.Kind: LeftOut] = [:]

    /// Whether a notice goes out at `now`, and what was left out about its subject since the last; nil when it is left out.
    ///
    /// Times are in nanoseconds since boot.
    mutating func admit(_ notice: Notice, every: UInt64, now: UInt64) -> LeftOut? {
        let key = Key(kind: notice.kind, subject: notice.subject)
        if every > 0 {
            let amount = LeftOut(notices: 1, count: notice.count ?? 0)
            if let known = subjects[key], now < known.told.addingClamped(every) {
                subjects[key]?.leftOut += amount
                return nil
            }
            guard countsAsTold(notice.kind, every: every, now: now) else {
                others[notice.kind, default: LeftOut()] += amount
                return nil
            }
            if subjects[key] == nil, subjects.count >= Self.subjects { forgetOldest() }
        }
        return told(key, isRemembered: every > 0, now: now)
    }

    /// The same for a notice that is told because the work ends: its subject may have been told of just now.
    mutating func admitLast(_ notice: Notice, now: UInt64) -> LeftOut? {
        guard last[notice.kind, default: 0] < Self.perKind else {
            others[notice.kind, default: LeftOut()] += LeftOut(notices: 1, count: notice.count ?? 0)
            return nil
        }
        last[notice.kind, default: 0] += 1
        return told(Key(kind: notice.kind, subject: notice.subject), isRemembered: false, now: now)
    }

    /// Takes what was left out about subjects that no notice to come tells of.
    mutating func takeOthers() -> [Notice.Kind: LeftOut] {
        defer { others = [:] }
        return others
    }

    /// Takes what was left out about any subject, where it is about events or files: no notice comes any more.
    mutating func takeAll() -> [Notice.Kind: LeftOut] {
        for (key, subject) in subjects where subject.leftOut.count > 0 {
            others[key.kind, default: LeftOut()] += subject.leftOut
            subjects[key]?.leftOut = LeftOut()
        }
        return takeOthers()
    }

    private mutating func told(_ key: Key, isRemembered: Bool, now: UInt64) -> LeftOut {
        let leftOut = subjects[key]?.leftOut ?? LeftOut()
        if isRemembered || subjects[key] != nil { subjects[key] = Subject(told: now) }
        return leftOut
    }

    private mutating func countsAsTold(_ kind: Notice.Kind, every: UInt64, now: UInt64) -> Bool {
        var period = kinds[kind] ?? KindPeriod(start: now)
        if now >= period.start.addingClamped(every) { period = KindPeriod(start: now) }
        let isAdmitted = period.told < Self.perKind
        if isAdmitted { period.told += 1 }
        kinds[kind] = period
        return isAdmitted
    }

    private mutating func forgetOldest() {
        guard let oldest = subjects.min(by: { $0.value.told < $1.value.told }) else { return }
        subjects[oldest.key] = nil
        if oldest.value.leftOut.notices > 0 { others[oldest.key.kind, default: LeftOut()] += oldest.value.leftOut }
    }
}

extension UInt64 {
    fileprivate func addingClamped(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
