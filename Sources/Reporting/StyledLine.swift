/// A line for a terminal, of pieces that each are shown in a way of their own, and whose width is known.
///
/// Nothing in a piece reaches the terminal as a command, whoever chose it.
struct StyledLine: Sendable {
    /// How a piece stands out.
    enum Emphasis: Sendable {
        case plain
        case good
        case notable
        case bad
        case faint
    }

    private struct Piece {
        let cells: [TerminalCell]
        let emphasis: Emphasis
    }

    private var pieces: [Piece] = []

    init(_ text: String = "", _ emphasis: Emphasis = .plain) {
        append(text, emphasis)
    }

    mutating func append(_ text: String, _ emphasis: Emphasis = .plain) {
        guard !text.isEmpty else { return }
        pieces.append(Piece(cells: TerminalCell.cells(of: Array(text.utf8)[...]), emphasis: emphasis))
    }

    mutating func append(_ line: StyledLine) {
        pieces += line.pieces
    }

    /// In columns.
    var width: Int { pieces.reduce(0) { $0 + $1.cells.reduce(0) { $0 + $1.width } } }

    /// The same, filled up to so many columns, at its end or at its beginning.
    func padded(to columns: Int, atStart: Bool = false) -> StyledLine {
        let missing = columns - width
        guard missing > 0 else { return self }
        var padded = atStart ? StyledLine(String(repeating: " ", count: missing)) : self
        if atStart { padded.append(self) } else { padded.append(String(repeating: " ", count: missing)) }
        return padded
    }

    /// The text without blanks at its end, cut to so many columns.
    func text(style: TextStyle, columns: Int = .max) -> String {
        let trimmed = withoutBlanksAtEnd
        let isCut = trimmed.width > columns
        var room = isCut ? columns - 1 : columns
        var text = ""
        for piece in trimmed.pieces {
            let shown = piece.cells.prefix { cell in
                room -= cell.width
                return room >= 0
            }
            text += style.shown(shown.map(\.text).joined(), piece.emphasis)
            if room < 0 { break }
        }
        return isCut && columns > 0 ? text + "…" : text
    }

    private var withoutBlanksAtEnd: StyledLine {
        var line = self
        while let last = line.pieces.popLast() {
            let kept = last.cells.count - last.cells.reversed().prefix { $0.text == " " }.count
            guard kept == 0 else {
                line.pieces.append(Piece(cells: Array(last.cells.prefix(kept)), emphasis: last.emphasis))
                break
            }
        }
        return line
    }
}

extension TextStyle {
    fileprivate func shown(_ text: String, _ emphasis: StyledLine.Emphasis) -> String {
        guard !text.isEmpty else { return text }
        return switch emphasis {
        case .plain: text
        case .good: good(text)
        case .notable: notable(text)
        case .bad: bad(text)
        case .faint: faint(text)
        }
    }
}
