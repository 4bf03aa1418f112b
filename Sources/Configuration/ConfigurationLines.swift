/// The lines of a configuration file: `key = value`, with `#` before a comment, as waagent.conf has it and Telltale's own.
enum ConfigurationLines {
    /// The largest file that is read, in bytes.
    static let largestFile = 65_536

    /// What distinguishes the two files.
    enum Syntax {
        /// What is wrong is told; `#` begins a comment at the beginning of a line or behind white space, and a value may stand
        /// in double quotes.
        case strict
        /// As the VM agent reads its own file: what has no `=` is passed over, `#` ends the line wherever it stands, and
        /// quotes and blanks around a value are taken off.
        case lenient
    }

    /// What a line holds.
    enum Content: Hashable {
        case pair(key: String, value: String)
        case fault(SettingProblem.Fault)
    }

    /// A line that is not empty, counted from 1.
    struct Line: Hashable {
        let number: Int
        let content: Content
    }

    /// Reads all lines of a file's bytes.
    static func parse(_ bytes: [UInt8], _ syntax: Syntax) -> [Line] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        var lines: [Line] = []
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let content =
                switch syntax {
                case .strict: strict(line)
                case .lenient: lenient(line)
                }
            if let content { lines.append(Line(number: index + 1, content: content)) }
        }
        return lines
    }

    /// Nil for an empty line and a comment.
    private static func strict(_ line: ArraySlice<UInt8>) -> Content? {
        guard let text = String(validating: line, as: UTF8.self) else { return .fault(.notUTF8) }
        let trimmed = line.trimmingBlanks()
        guard let first = trimmed.first, first != hash else { return nil }
        guard !text.unicodeScalars.contains(where: { $0 != "\t" && $0 != "\r" && ShownText.isControl($0) }) else {
            return .fault(.controlCharacter)
        }
        guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")) else { return .fault(.noEquals(trimmed.text)) }
        let key = trimmed[..<equals].trimmingBlanks().text
        guard !key.isEmpty else { return .fault(.noKey) }
        let rest = trimmed[(equals + 1)...].trimmingBlanks()
        guard rest.first == quote else { return .pair(key: key, value: withoutComment(rest).text) }
        let quoted = rest.dropFirst()
        guard let end = quoted.firstIndex(of: quote) else { return .fault(.openQuote(key: key)) }
        let behind = quoted[(end + 1)...]
        guard withoutComment(behind).isEmpty else {
            return .fault(.behindQuote(key: key, behind.trimmingBlanks().text))
        }
        return .pair(key: key, value: quoted[..<end].text)
    }

    /// A `#` within a word belongs to it: paths may hold one.
    private static func withoutComment(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let begin = value.indices.first { index in
            value[index] == hash && (index == value.startIndex || isBlank(value[index - 1]))
        }
        return value[..<(begin ?? value.endIndex)].trimmingBlanks()
    }

    private static func lenient(_ line: ArraySlice<UInt8>) -> Content? {
        guard line.first != hash, let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let value = line[(equals + 1)...].prefix { $0 != hash }
        return .pair(
            key: line[..<equals].trimmingBlanks().text,
            value: value.trimming { $0 == quote || $0 == UInt8(ascii: " ") }.trimmingBlanks().text)
    }

    private static let hash = UInt8(ascii: "#")
    private static let quote = UInt8(ascii: "\"")

    fileprivate static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}

extension ArraySlice<UInt8> {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }

    /// Without what `isTrimmed` holds for at both ends.
    fileprivate func trimming(_ isTrimmed: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let rest = drop(while: isTrimmed)
        return rest[..<((rest.lastIndex { !isTrimmed($0) } ?? rest.startIndex - 1) + 1)]
    }

    fileprivate func trimmingBlanks() -> ArraySlice<UInt8> {
        trimming(ConfigurationLines.isBlank)
    }
}
