/// What was measured: rows for people, and every round's figures.
struct Results {
    /// A bar and how the program stands to it.
    struct Row {
        let what: String
        let bar: String
        let measured: String
        /// The measured value over the floor's or the bar's, which the row's bar tells.
        let ratio: Double
        let passes: Bool
    }

    private(set) var rows: [Row] = []
    private var raw: [(name: String, values: [Double])] = []

    /// Adds a row whose bar is a multiple of another figure of the same run, the floor's or the one that is `named`.
    mutating func add(
        _ what: String, of measured: Double, against other: Double, named name: String = "floor",
        atMost multiple: Double, text: (Double) -> String
    ) {
        let ratio = measured / other
        let places = multiple == multiple.rounded() ? 0 : 2
        rows.append(
            Row(
                what: what, bar: "≤ \(FigureText.decimal(multiple, places)) × \(name)",
                measured: "\(text(measured)) (\(name) \(text(other)))", ratio: ratio, passes: ratio <= multiple))
    }

    /// Adds a row whose bar is a value that must not be exceeded.
    mutating func add(
        _ what: String, of measured: Double, atMost bar: Double, note: String = "", text: (Double) -> String
    ) {
        rows.append(
            Row(
                what: what, bar: bar == 0 ? text(0) : "≤ \(text(bar))", measured: text(measured) + note,
                ratio: bar == 0 ? measured == 0 ? 0 : .infinity : measured / bar, passes: measured <= bar))
    }

    /// Adds a row whose bar is a value that must be reached.
    mutating func add(
        _ what: String, of measured: Double, atLeast bar: Double, note: String = "", text: (Double) -> String
    ) {
        rows.append(
            Row(
                what: what, bar: "≥ \(text(bar))", measured: text(measured) + note, ratio: measured / bar,
                passes: measured >= bar))
    }

    /// Keeps each round's figures; times are in seconds, memory is in KiB, speeds are in MB/s.
    mutating func keep(_ values: [Double], as name: String) {
        raw.append((name, values))
    }

    /// The rows as a table in Markdown.
    var table: String {
        var text = "| what | bar | measured | ratio | |\n|---|---|---|---|---|\n"
        for row in rows {
            let ratio = row.ratio.isFinite && row.ratio > 0 ? FigureText.decimal(row.ratio, 2) : "–"
            text += "| \(row.what) | \(row.bar) | \(row.measured) | \(ratio) | \(row.passes ? "pass" : "short") |\n"
        }
        return text
    }

    /// Everything as one JSON object.
    ///
    /// The bench's own names need no escaping.
    var json: String {
        let rows = rows.map { row in
            let ratio = row.ratio.isFinite ? "\(row.ratio)" : "null"
            return #"{"what":"\#(row.what)","bar":"\#(row.bar)","measured":"\#(row.measured)","#
                + #""ratio":\#(ratio),"passes":\#(row.passes)}"#
        }
        let raw = raw.map { figures in
            let values = figures.values.map { $0.isFinite ? "\($0)" : "null" }
            return #""\#(figures.name)":[\#(values.joined(separator: ","))]"#
        }
        return "{\"rows\":[\(rows.joined(separator: ","))],\n\"figures\":{\(raw.joined(separator: ",\n"))}}\n"
    }
}
