/// Numbers as a row of small columns, the largest as high as a line.
enum Sparkline {
    private static let levels = Array("▁▂▃▄▅▆▇█")

    /// A column for each number; a blank where there is none.
    static func text(_ numbers: [Double?]) -> String {
        let largest = numbers.compactMap(\.self).max() ?? 0
        return String(
            numbers.map { number in
                guard let number else { return " " }
                guard largest > 0, number > 0 else { return levels[0] }
                // Anything above nothing is higher than nothing.
                let level = (number / largest * Double(levels.count - 1)).rounded(.up)
                return levels[min(Int(level), levels.count - 1)]
            })
    }
}
