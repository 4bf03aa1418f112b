/// Counts lines and columns up to places in a file, going on from the last place where it can.
struct TextPlaceCounter {
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var line = 1
    private var column = 1

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The place of the byte at `target`, or of the end.
    ///
    /// A byte order mark has an offset but no column, as editors show none.
    mutating func place(at target: Int) -> TextPlace {
        let target = min(max(target, 0), bytes.count)
        if target < offset { (offset, line, column) = (0, 1, 1) }
        while offset < target {
            let byte = bytes[offset]
            if byte == 0x0A {
                line &+= 1
                column = 1
            } else if byte & 0xC0 != 0x80, !isByteOrderMark {
                column &+= 1
            }
            offset &+= 1
        }
        return TextPlace(offset: target, line: line, column: column)
    }

    private var isByteOrderMark: Bool {
        offset == 0 && bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
    }
}

extension TextPlace {
    /// The place of the byte at `offset`, or of the end; of several in one text, a counter finds the next from the last.
    init(of offset: Int, in bytes: UnsafeRawBufferPointer) {
        var places = TextPlaceCounter(bytes)
        self = places.place(at: offset)
    }
}

extension TextPlace: CustomStringConvertible {
    package var description: String { "line \(line), column \(column)" }
}
