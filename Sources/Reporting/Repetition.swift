/// Which notices go out and how many were left out since: a bound on what one fault, or many of one kind, can write.
struct Repetition {
    /// What a notice that goes out tells of those that did not.
    struct LeftOut: Hashable {
        /// Of the same kind about the same subject.
        var aboutSubject = 0
        /// Of the same kind about subjects that are no longer remembered or were beyond the bound of the kind.
        var aboutOthers = 0
    }

    /// This many subjects are remembered, those told of last.
    static let subjects = 1024
    /// This many bounded notices of one kind go out in any one of their periods, whatever their subjects are.
    static let perKind = 100

    private struct Key: Hashable {
        let kind: Notice.Kind
        let subject: String
    }

    private struct Subject {
        var told: UInt64
        var leftOut = 0
    }

    private struct KindPeriod {
        var start: UInt64
        var told = 0
        var leftOut = 0
    }

    private var subjects: [Key: Subject] = [:]
    private var kinds: [Notice.Kind: KindPeriod] = [:]

    /// Whether a notice goes out at `now`, and with what to tell of others; nil when it is left out.
    ///
    /// Times are in nanoseconds since boot.
    mutating func admit(_ kind: Notice.Kind, about subject: String, every: UInt64, now: UInt64) -> LeftOut? {
        let key = Key(kind: kind, subject: subject)
        if every > 0 {
            if let known = subjects[key], now < known.told.addingClamped(every) {
                subjects[key]?.leftOut += 1
                return nil
            }
            guard countsAsTold(kind, every: every, now: now) else { return nil }
        }
        var leftOut = LeftOut()
        if let known = subjects[key] {
            leftOut.aboutSubject = known.leftOut
        } else if subjects.count >= Self.subjects {
            forgetOldest()
        }
        if every > 0 || subjects[key] != nil {
            subjects[key] = Subject(told: now)
        }
        leftOut.aboutOthers = kinds[kind]?.leftOut ?? 0
        kinds[kind]?.leftOut = 0
        return leftOut
    }

    private mutating func countsAsTold(_ kind: Notice.Kind, every: UInt64, now: UInt64) -> Bool {
        var period = kinds[kind] ?? KindPeriod(start: now)
        if now >= period.start.addingClamped(every) {
            period.start = now
            period.told = 0
        }
        let isAdmitted = period.told < Self.perKind
        if isAdmitted { period.told += 1 } else { period.leftOut += 1 }
        kinds[kind] = period
        return isAdmitted
    }

    /// What was left out about a forgotten subject is told with the next notice of its kind.
    private mutating func forgetOldest() {
        guard let oldest = subjects.min(by: { $0.value.told < $1.value.told }) else { return }
        subjects[oldest.key] = nil
        if oldest.value.leftOut > 0 {
            kinds[oldest.key.kind, default: KindPeriod(start: oldest.value.told)].leftOut += oldest.value.leftOut
        }
    }
}

extension UInt64 {
    fileprivate func addingClamped(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
