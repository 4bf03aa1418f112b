/// The buffer that the texts of one file share, while it is filled.
struct TextArena {
    /// A text in the arena, and its length in code points.
    struct Text {
        var start: Int
        var end: Int
        var length: Int

        var isEmpty: Bool { start == end }
    }

    /// Where a redacted text begins, and how many queries of URLs were taken out of it.
    private struct RedactedText {
        let start: Int
        let queries: Int
    }

    private(set) var bytes: [UInt8] = []
    /// In the order of the arena; empty nearly always.
    private var redactedTexts: [RedactedText] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Forgets what was appended since the arena held `count` bytes.
    mutating func truncate(to count: Int) {
        bytes.removeLast(bytes.count - count)
    }

    /// Appends well-formed UTF-8 as it is.
    mutating func append(_ part: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: part)
    }

    /// Appends ASCII as it is: the spelling of a number or of a word.
    mutating func append(_ ascii: [UInt8]) -> Text {
        let start = bytes.count
        bytes += ascii
        return Text(start: start, end: bytes.count, length: ascii.count)
    }

    /// Appends well-formed UTF-8, redacted.
    mutating func appendRedacted(_ part: UnsafeRawBufferPointer) -> Text {
        let start = bytes.count
        bytes.append(contentsOf: part)
        redact(from: start)
        return text(from: start)
    }

    /// Appends a list or an object as compact JSON, its texts redacted.
    mutating func appendCompacted(_ json: UnsafeRawBufferPointer) -> Text {
        let start = bytes.count
        let queries = JSONCompaction.append(json, to: &bytes)
        if queries > 0 { redactedTexts.append(RedactedText(start: start, queries: queries)) }
        return text(from: start)
    }

    /// The text from `start` to the end of the arena.
    private func text(from start: Int) -> Text {
        Text(start: start, end: bytes.count, length: codePoints(in: start..<bytes.count))
    }

    /// Appends what a JSON text says: unescaped, stripped where asked, and redacted.
    @inline(__always)
    mutating func append(_ text: JSONString, of file: UnsafeRawBufferPointer, strips: Bool) -> Text {
        let raw = UnsafeRawBufferPointer(rebasing: file[text.start..<text.end])
        guard !text.isEscaped else { return appendEscaped(raw, strips: strips) }
        let range = strips ? WhiteSpace.strippedRange(of: raw) : 0..<raw.count
        let content = UnsafeRawBufferPointer(rebasing: raw[range])
        let start = bytes.count
        bytes.append(contentsOf: content)
        if text.mayHoldQuestionMark { redact(from: start) }
        let end = bytes.count
        return Text(start: start, end: end, length: text.isASCII ? end &- start : codePoints(in: start..<end))
    }

    /// Keeps the first `limit` code points of the text appended last.
    mutating func cut(_ text: inout Text, to limit: Int) {
        guard text.length > limit else { return }
        let kept = bytes.withUnsafeBytes { bytes in
            UTF8Sequence.byteLength(ofFirst: limit, in: UnsafeRawBufferPointer(rebasing: bytes[text.start..<text.end]))
        }
        truncate(to: text.start + kept)
        text.end = text.start + kept
        text.length = limit
    }

    private mutating func appendEscaped(_ raw: UnsafeRawBufferPointer, strips: Bool) -> Text {
        let mark = bytes.count
        JSONEscapes.append(raw, to: &bytes)
        if strips {
            let range = bytes.withUnsafeBytes { bytes in
                WhiteSpace.strippedRange(of: UnsafeRawBufferPointer(rebasing: bytes[mark...]))
            }
            truncate(to: mark + range.upperBound)
            bytes.removeSubrange(mark..<mark + range.lowerBound)
        }
        redact(from: mark)
        return text(from: mark)
    }

    private func codePoints(in range: Range<Int>) -> Int {
        bytes.withUnsafeBytes { UTF8Sequence.codePoints(in: UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// Redacts the text that begins at `start` and ends the arena.
    private mutating func redact(from start: Int) {
        let redacted = bytes.withUnsafeBytes { bytes -> (text: [UInt8], queries: Int)? in
            let text = UnsafeRawBufferPointer(rebasing: bytes[start...])
            // Most texts hold no query at all.
            guard text.contains(UInt8(ascii: "?")) else { return nil }
            return Redaction.redacted(text)
        }
        guard let redacted else { return }
        bytes.replaceSubrange(start..., with: redacted.text)
        redactedTexts.append(RedactedText(start: start, queries: redacted.queries))
    }

    // MARK: What was redacted

    /// Whether any text was redacted since the last ``forgetRedactions()``.
    var holdsRedactions: Bool { !redactedTexts.isEmpty }

    /// How many queries were taken out of a text.
    func queriesRedacted(in text: Text) -> Int {
        // What was redacted is not empty; an empty text may begin where it does.
        guard !text.isEmpty else { return 0 }
        var low = 0
        var high = redactedTexts.count
        while low < high {
            let middle = (low + high) / 2
            if redactedTexts[middle].start < text.start { low = middle + 1 } else { high = middle }
        }
        guard low < redactedTexts.count, redactedTexts[low].start == text.start else { return 0 }
        return redactedTexts[low].queries
    }

    mutating func forgetRedactions() {
        redactedTexts.removeAll(keepingCapacity: true)
    }
}
