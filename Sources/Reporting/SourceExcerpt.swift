package import TelemetryEvents

/// The line of a file in which a place stands, as far as a terminal has room for it, and the column of the place.
///
/// Of a long line a window around the place is shown.
package struct SourceExcerpt: Hashable, Sendable {
    /// The columns of a window.
    static let columns = 72
    /// No more bytes on either side of the place are looked at.
    private static let reach = 4 * columns

    /// The number of the line, from 1.
    let line: Int
    /// What is shown of it.
    let text: String
    /// The columns before the place.
    let mark: Int
    /// The line before, where the place's own shows nothing: a file often ends with a line end.
    let before: String?

    package init(of bytes: [UInt8], at place: TextPlace) {
        line = place.line
        let offset = min(max(place.offset, 0), bytes.count)
        (text, mark) = Self.window(of: bytes, around: offset)
        let lineStart = bytes[..<offset].suffix(Self.reach).lastIndex(of: UInt8(ascii: "\n"))
        if let lineStart, text.allSatisfy({ $0 == " " }) {
            before = Self.window(of: bytes, around: lineStart).text
        } else {
            before = nil
        }
    }

    private static func window(of bytes: [UInt8], around offset: Int) -> (text: String, mark: Int) {
        let left = side(before: offset, in: bytes)
        let right = side(after: offset, in: bytes)
        // Half of the window lies before the place, and more where less lies after it.
        let room = max(columns / 2, columns - right.width)
        let start = left.trimmedToEnd(columns: room)
        let end = right.trimmedToStart(columns: columns - start.width)
        return (start.text + end.text, start.width)
    }

    private static func side(before offset: Int, in bytes: [UInt8]) -> Side {
        var slice = bytes[..<offset].suffix(reach)
        var isWhole = slice.startIndex == 0
        if let newline = slice.lastIndex(of: UInt8(ascii: "\n")) {
            slice = slice[(newline + 1)...]
            isWhole = true
        }
        if !isWhole { slice = slice.drop { $0 & 0xC0 == 0x80 } }
        if slice.startIndex == 0, slice.starts(with: [0xEF, 0xBB, 0xBF]) { slice = slice.dropFirst(3) }
        return Side(cells: TerminalCell.cells(of: slice), isWhole: isWhole)
    }

    private static func side(after offset: Int, in bytes: [UInt8]) -> Side {
        var slice = bytes[offset...].prefix(reach)
        var isWhole = slice.endIndex == bytes.count
        if let newline = slice.firstIndex(of: UInt8(ascii: "\n")) {
            slice = slice[..<newline]
            isWhole = true
        }
        if isWhole, slice.last == UInt8(ascii: "\r") { slice.removeLast() }
        // Where the slice ends within a character, its first bytes are not shown.
        if !isWhole, let lead = slice.lastIndex(where: { $0 & 0xC0 != 0x80 }), lead > offset { slice = slice[..<lead] }
        return Side(cells: TerminalCell.cells(of: slice), isWhole: isWhole)
    }

    /// What lies on one side of the place, on its line.
    private struct Side {
        let cells: [TerminalCell]
        /// Whether the line ends (or begins) with the last (or first) of the cells.
        let isWhole: Bool

        var width: Int { cells.reduce(isWhole ? 0 : 1) { $0 + $1.width } }

        /// The last cells that fit, after an ellipsis where others come before them.
        func trimmedToEnd(columns: Int) -> (text: String, width: Int) {
            if isWhole, width <= columns { return (cells.map(\.text).joined(), width) }
            let kept = Self.fitting(cells.reversed(), columns: columns - 1).reversed().drop { $0.width == 0 }
            return ("…" + kept.map(\.text).joined(), kept.reduce(1) { $0 + $1.width })
        }

        /// The first cells that fit, before an ellipsis where others follow.
        func trimmedToStart(columns: Int) -> (text: String, width: Int) {
            if isWhole, width <= columns { return (cells.map(\.text).joined(), width) }
            let kept = Self.fitting(cells, columns: columns - 1)
            return (kept.map(\.text).joined() + "…", kept.reduce(1) { $0 + $1.width })
        }

        private static func fitting(_ cells: [TerminalCell], columns: Int) -> [TerminalCell] {
            var left = columns
            return Array(
                cells.prefix { cell in
                    left -= cell.width
                    return left >= 0
                })
        }
    }
}

extension SourceExcerpt {
    /// The lines to print: the number and the text, then the mark under the place.
    func lines(indentedBy indent: Int, style: TextStyle) -> [String] {
        let number = String(line)
        let blank = String(repeating: " ", count: indent)
        let gutter = blank + String(repeating: " ", count: number.utf8.count) + " | "
        var lines: [String] = []
        if let before {
            let previous = String(line - 1)
            let padding = String(repeating: " ", count: number.utf8.count - previous.utf8.count)
            lines.append("\(blank)\(padding)\(style.faint("\(previous) |")) \(before)")
        }
        lines.append("\(blank)\(style.faint("\(number) |")) \(text)")
        lines.append(gutter + String(repeating: " ", count: mark) + style.bad("^"))
        return lines
    }
}
