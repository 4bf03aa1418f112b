/// A duration for people: two figures, or two units.
struct ShownDuration: CustomStringConvertible {
    let description: String

    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000),
    ]

    init(_ nanoseconds: UInt64) {
        let second: UInt64 = 1_000_000_000
        if nanoseconds < 60 * second {
            description =
                nanoseconds < second
                ? Self.figures(Double(nanoseconds) / 1_000_000) + " ms"
                : Self.figures(Double(nanoseconds) / Double(second)) + " s"
            return
        }
        let largest = Self.units.firstIndex { nanoseconds >= $0.nanoseconds } ?? 0
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: Self.units[largest].nanoseconds)
        let next = Self.units[largest + 1]
        let part = rest / next.nanoseconds
        description = "\(whole) \(Self.units[largest].name)" + (part > 0 ? " \(part) \(next.name)" : "")
    }

    /// One digit behind the point below ten, two below one.
    private static func figures(_ value: Double) -> String {
        let digits = value < 1 ? 100.0 : value < 10 ? 10.0 : 1.0
        let rounded = (value * digits).rounded() / digits
        return digits == 1 || rounded == rounded.rounded() ? String(Int(rounded)) : "\(rounded)"
    }
}
