/// Positions in a file's list of events, as few ranges.
struct IndexRanges: Hashable, Sendable {
    /// In order, with a gap between any two.
    private(set) var ranges: [ClosedRange<Int>] = []

    init(_ indices: some Sequence<Int> = []) {
        add(indices)
    }

    var isEmpty: Bool { ranges.isEmpty }

    func contains(_ index: Int) -> Bool {
        ranges.contains { $0.contains(index) }
    }

    mutating func add(_ indices: some Sequence<Int>) {
        var merged: [ClosedRange<Int>] = []
        for range in (ranges + indices.map { $0...$0 }).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        ranges = merged
    }
}

extension IndexRanges: LosslessStringConvertible {
    /// `0-4,7-7`.
    var description: String {
        ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }

    init?(_ description: String) {
        for part in description.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count == 2, let first = ends[0], let last = ends[1], 0 <= first, first <= last, last < .max,
                first > (ranges.last?.upperBound ?? -1)
            else { return nil }
            ranges.append(first...last)
        }
    }
}
