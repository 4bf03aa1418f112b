/// How long things took, counted in ranges that are narrow enough for percentiles.
///
/// Of a fixed size, whatever is counted.
package struct DelayHistogram: Hashable, Sendable {
    /// The upper bounds within a decade, in tenths of its beginning, the last included.
    private static let steps: [UInt64] = [12, 15, 20, 25, 30, 40, 50, 60, 80, 100]
    /// Where the first decade begins, in nanoseconds: 100 µs, below which no file is claimed.
    private static let smallest: UInt64 = 100_000
    /// Up to 100,000 s, more than a day.
    private static let decades = 9

    /// The upper bounds of all ranges but the last, which has none, in nanoseconds.
    package static let bounds: [UInt64] = {
        var bounds = [smallest]
        var decade = smallest
        for _ in 0..<decades {
            bounds += steps.map { decade * $0 / 10 }
            decade *= 10
        }
        return bounds
    }()

    /// How many were counted in each range.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    package private(set) var count = 0
    /// In nanoseconds.
    package private(set) var sum: UInt64 = 0
    /// The longest, in nanoseconds.
    package private(set) var longest: UInt64 = 0

    package init() {}

    /// One in which nothing is counted yet, of delays that were counted elsewhere.
    init(sum: UInt64, longest: UInt64) {
        self.sum = sum
        self.longest = longest
    }

    /// Counts several that were counted elsewhere in the range with this upper bound; nil: in the last, which has none.
    mutating func add(_ number: Int, upTo bound: UInt64?) {
        counts[bound.map(Self.range) ?? Self.bounds.count] += number
        count += number
    }

    /// Counts something that took so many nanoseconds.
    package mutating func add(_ delay: UInt64) {
        // A clock that was set may make anything of a difference; a sum of years says nothing any more.
        let (total, overflow) = sum.addingReportingOverflow(delay)
        sum = overflow ? .max : total
        count += 1
        longest = max(longest, delay)
        counts[Self.range(of: delay)] += 1
    }

    /// How many took at most so long; exact for a bound.
    package func count(upTo bound: UInt64) -> Int {
        zip(Self.bounds, counts).prefix { $0.0 <= bound }.reduce(0) { $0 + $1.1 }
    }

    /// What a part of all (0.99) did not exceed, in nanoseconds; nil when nothing was counted.
    ///
    /// Within a range it is interpolated.
    package func percentile(_ part: Double) -> UInt64? {
        guard count > 0 else { return nil }
        let wanted = max((part * Double(count)).rounded(.up), 1)
        var before = 0
        for (range, inside) in counts.enumerated() where inside > 0 {
            if Double(before + inside) >= wanted {
                let low = range == 0 ? 0 : Self.bounds[range - 1]
                let high = range < Self.bounds.count ? min(Self.bounds[range], longest) : longest
                let share = (wanted - Double(before)) / Double(inside)
                return low + UInt64(share * Double(high - min(low, high)))
            }
            before += inside
        }
        return longest
    }

    /// The first range whose bound is not below the delay.
    private static func range(of delay: UInt64) -> Int {
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < delay { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
