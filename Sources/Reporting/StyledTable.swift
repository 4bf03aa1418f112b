/// Rows of cells in columns that are as wide as their widest cell.
struct StyledTable {
    /// Where a cell stands in its column.
    enum Alignment {
        case left
        case right
    }

    /// What stands before each line, and what between two columns.
    private static let gap = "  "

    private let alignments: [Alignment]
    private var rows: [[StyledLine]] = []

    /// One without rows; columns beyond those named are aligned to the left.
    init(_ alignments: [Alignment] = []) {
        self.alignments = alignments
    }

    mutating func add(_ cells: [StyledLine]) {
        rows.append(cells)
    }

    mutating func addHead(_ titles: [String]) {
        add(titles.map { StyledLine($0, .faint) })
    }

    var lines: [StyledLine] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                widths[column] = max(widths[column], cell.width)
            }
        }
        return rows.map { row in
            row.enumerated().reduce(into: StyledLine()) { line, cell in
                line.append(Self.gap)
                let isRight = cell.offset < alignments.count && alignments[cell.offset] == .right
                line.append(cell.element.padded(to: widths[cell.offset], atStart: isRight))
            }
        }
    }
}
