internal import SystemCalls
internal import SystemPackage

/// Reads a file line by line, so that a file of any size takes the memory of one piece of it.
struct FileLines: ~Copyable {
    /// Bytes read with one system call.
    private static let pieceSize = 65_536
    /// A longer line is told in pieces.
    private static let longestLine = 16_384

    private let file: OwnedDescriptor
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Bytes told so far, line ends included.
    private(set) var count = 0
    /// Whether the last line was cut off before its end.
    private(set) var isTorn = false

    /// Reads from where the descriptor stands.
    init(of file: consuming OwnedDescriptor) {
        self.file = file
    }

    /// The next line without its end; nil behind the last one.
    mutating func next() throws(Errno) -> ArraySlice<UInt8>? {
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                return take(upTo: end, skipping: 1)
            }
            if isAtEnd, position == buffer.count { return nil }
            if isAtEnd || buffer.count - position > Self.longestLine {
                isTorn = isAtEnd
                return take(upTo: buffer.count, skipping: 0)
            }
            let piece = try file.readAll(limit: Self.pieceSize)
            isAtEnd = piece.isEmpty
            buffer.removeSubrange(..<position)
            position = 0
            buffer.append(contentsOf: piece)
        }
    }

    private mutating func take(upTo end: Int, skipping separator: Int) -> ArraySlice<UInt8> {
        let line = buffer[position..<end]
        count += line.count + separator
        position = end + separator
        return line
    }
}
