/// A handful of measured values of one kind.
struct Figures {
    private let sorted: [Double]

    init(_ values: [Double]) {
        sorted = values.sorted()
    }

    init(nanoseconds values: [UInt64]) {
        self.init(values.map { Double($0) / 1_000_000_000 })
    }

    /// The smallest value that at least this share of the values does not exceed.
    func percentile(_ share: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return rank < 1 ? sorted[0] : rank > sorted.count ? last : sorted[rank - 1]
    }

    var median: Double {
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

/// Writes figures for people.
enum FigureText {
    /// With so many decimals.
    static func decimal(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "?" }
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((value.magnitude * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % scale)
        return sign + String(scaled / scale) + "." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    /// A time in the unit that suits it.
    static func time(_ seconds: Double) -> String {
        if seconds < 0.001 { return decimal(seconds * 1_000_000, 0) + " µs" }
        if seconds < 0.1 { return decimal(seconds * 1_000, 2) + " ms" }
        return decimal(seconds, 2) + " s"
    }

    static func mebibytes(_ kibibytes: Double) -> String {
        decimal(kibibytes / 1024, 1) + " MB"
    }
}
