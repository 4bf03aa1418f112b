/// A character as a terminal shows it: it moves no cursor, colours nothing, and its width is known.
struct TerminalCell: Hashable, Sendable {
    let text: String
    /// In columns: 0 for a mark that combines with the character before it.
    let width: Int

    /// A code point; one that a terminal would obey or not show becomes a visible stand-in.
    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x09: self.init(" ", width: 1)
        case 0x00..<0x20: self.init(Self.text(0x2400 + scalar.value), width: 1)
        case 0x20..<0x7F: self.init(String(scalar), width: 1)
        case 0x7F: self.init(Self.text(0x2421), width: 1)
        default: self.init(beyondASCII: scalar)
        }
    }

    /// A byte that is no UTF-8.
    init(invalid byte: UInt8) {
        let digits = String(byte, radix: 16, uppercase: true)
        self.init("<0x\(digits)>", width: digits.utf8.count + 4)
    }

    private init(_ text: String, width: Int) {
        self.text = text
        self.width = width
    }

    private init(beyondASCII scalar: Unicode.Scalar) {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let padding = String(repeating: "0", count: max(0, 4 - digits.utf8.count))
            self.init("<U+\(padding)\(digits)>", width: padding.utf8.count + digits.utf8.count + 4)
        case .nonspacingMark, .enclosingMark: self.init(String(scalar), width: 0)
        default: self.init(String(scalar), width: Self.width(of: scalar))
        }
    }

    private static func text(_ value: UInt32) -> String {
        Unicode.Scalar(value).map(String.init) ?? "\u{FFFD}"
    }

    /// After Unicode's East Asian Width: beside the scripts listed here, what is wide is an emoji.
    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        // The vowels and final consonants of Hangul join the syllable before them.
        case 0x1160...0x11FF: 0
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF, 0x4E00...0xA4CF,
            0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60,
            0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x20000...0x3FFFD:
            2
        // A letter of a flag; two of them take two columns.
        case 0x1F1E6...0x1F1FF: 1
        default: scalar.properties.isEmojiPresentation ? 2 : 1
        }
    }
}

extension TerminalCell {
    /// The cells of a piece of a text, whatever its bytes are.
    static func cells(of bytes: ArraySlice<UInt8>) -> [TerminalCell] {
        var cells: [TerminalCell] = []
        var place = bytes.startIndex
        var iterator = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .emptyInput: return cells
            case .valid(let sequence):
                cells.append(TerminalCell(Unicode.UTF8.decode(sequence)))
                place += sequence.count
            case .error(let length):
                for byte in bytes[place..<place + length] { cells.append(TerminalCell(invalid: byte)) }
                place += length
            }
        }
    }
}

extension String {
    /// The text on one line that a terminal shows as it stands, cut to `columns`.
    package func shownOnTerminal(columns: Int) -> String {
        // No code point of more than a few bytes takes less than a column, but for marks without end.
        let cells = TerminalCell.cells(of: Array(utf8.prefix(8 * columns))[...])
        var shown = ""
        var width = 0
        for (place, cell) in cells.enumerated() {
            let isLast = place == cells.count - 1 && utf8.count <= 8 * columns
            guard width + cell.width + (isLast ? 0 : 1) <= columns else { return shown + "…" }
            shown += cell.text
            width += cell.width
        }
        return utf8.count <= 8 * columns ? shown : shown + "…"
    }
}
