internal import SystemCalls
internal import SystemPackage

/// Memory that event files are read into, one after another.
///
/// It grows to the largest file and goes back to its usual size after that, so that one large file does not cost memory for good.
struct FileBuffer: ~Copyable {
    /// Holds nearly every file, in bytes.
    private static let usualSize = 65_536

    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: usualSize, alignment: 16)

    deinit {
        memory.deallocate()
    }

    /// Reads a file whole, at most `limit` bytes and one, and calls `body` with its bytes.
    mutating func withContents<Answer>(
        of file: borrowing OwnedDescriptor, expecting size: Int, limit: Int,
        _ body: (UnsafeRawBufferPointer) -> Answer
    ) throws(Errno) -> Answer {
        // Room for one byte more than is expected shows the end of the file without a further read.
        reserve(min(size, limit) + 1)
        defer { shrink() }
        var count = 0
        while count <= limit {
            if count == memory.count { reserve(min(2 * memory.count, limit + 1)) }
            let room = UnsafeMutableRawBufferPointer(rebasing: memory[count...])
            let read = try file.read(into: room)
            count += read
            // A file system may answer a part of what was asked for (read(2)); the end is where nothing comes, and not
            // before the size that was seen.
            if read == 0 || (read < room.count && count >= size) { break }
        }
        return body(UnsafeRawBufferPointer(rebasing: memory[..<min(count, limit + 1)]))
    }

    private mutating func reserve(_ size: Int) {
        guard size > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(memory))
        memory.deallocate()
        memory = larger
    }

    private mutating func shrink() {
        guard memory.count > 4 * Self.usualSize else { return }
        memory.deallocate()
        memory = .allocate(byteCount: Self.usualSize, alignment: 16)
    }
}
