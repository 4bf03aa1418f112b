/// An amount of bytes for people, by powers of 1024 as the settings count.
struct ShownBytes: CustomStringConvertible {
    let description: String

    init(_ bytes: Int) {
        guard bytes >= 1024 else {
            description = "\(bytes) B"
            return
        }
        var value = Double(bytes)
        var unit = 0
        // What would be shown as 1024 of a unit is one of the next.
        while value.rounded() >= 1024, unit < 4 {
            value /= 1024
            unit += 1
        }
        let rounded = value < 10 ? (value * 10).rounded() / 10 : value.rounded()
        let number = rounded == rounded.rounded() ? String(Int(rounded)) : "\(rounded)"
        description = "\(number) \(["B", "kB", "MB", "GB", "TB"][unit])"
    }
}
