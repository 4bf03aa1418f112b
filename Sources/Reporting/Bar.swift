/// A part of a whole as a bar of a fixed width, to an eighth of a column.
enum Bar {
    /// The blocks that fill none to seven eighths of a column from the left.
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// The bar's filled and empty columns; what is above the whole fills it, and anything above nothing shows.
    static func text(_ part: Double, columns: Int) -> String {
        let wanted = (min(max(part, 0), 1) * Double(8 * columns)).rounded()
        let filled = part > 0 ? max(Int(wanted), 1) : 0
        let text = String(repeating: "█", count: filled / 8) + eighths[filled % 8]
        return text + String(repeating: "·", count: columns - (filled + 7) / 8)
    }
}
