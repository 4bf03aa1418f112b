internal import SystemCalls
internal import SystemPackage

/// The requests of one HTTP/1.1 connection, one after another, in a buffer that is kept.
///
/// It takes the bodies that Telltale sends: those with a `Content-Length`.
struct RequestReader: ~Copyable {
    /// A request; its body is there until the next one is read.
    struct Request {
        let body: UnsafeRawBufferPointer
        /// When the read returned that brought its last byte, on the monotonic clock.
        let arrived: UInt64
    }

    /// Holds several of the largest requests that the wire server takes; a larger request makes it grow.
    private static let usualSize = 1 << 18
    /// In bytes; no sink sends a larger request.
    private static let largest = 1 << 26
    private static let endOfHead = Array("\r\n\r\n".utf8)

    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: usualSize, alignment: 64)
    private var filled = 0
    /// The bytes of the request that was answered last.
    private var used = 0
    private var lastRead: UInt64 = 0

    deinit {
        buffer.deallocate()
    }

    /// Waits for the next request; nil at the end of the connection.
    mutating func next(from connection: borrowing OwnedDescriptor) throws -> Request? {
        if used > 0 {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[used..<filled]))
            filled -= used
            used = 0
        }
        var extent: Range<Int>?
        while true {
            if extent == nil { extent = try extentOfBody() }
            if let extent, extent.upperBound <= filled {
                used = extent.upperBound
                return Request(body: UnsafeRawBufferPointer(rebasing: buffer[extent]), arrived: lastRead)
            }
            try makeRoom(for: extent?.upperBound ?? filled + 1)
            let count = try connection.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            lastRead = Clocks.monotonicNanoseconds()
            guard count > 0 else { return nil }
            filled += count
        }
    }

    private mutating func makeRoom(for size: Int) throws(BenchFailure) {
        guard size > buffer.count else { return }
        guard size <= Self.largest else {
            throw BenchFailure("A request of \(size) bytes came; \(Self.largest) at most were expected.")
        }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 2 * buffer.count), alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<filled]))
        buffer.deallocate()
        buffer = larger
    }

    private func endOfHead() -> Int? {
        guard filled >= Self.endOfHead.count else { return nil }
        return (0...filled - Self.endOfHead.count).first {
            buffer[$0] == Self.endOfHead[0] && buffer[$0..<$0 + Self.endOfHead.count].elementsEqual(Self.endOfHead)
        }
    }

    /// Where the body of the first request lies; nil while its head is not complete.
    private func extentOfBody() throws(BenchFailure) -> Range<Int>? {
        guard let end = endOfHead() else { return nil }
        let head = String(decoding: buffer[..<end], as: UTF8.self)
        let start = end + Self.endOfHead.count
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            guard let length = Int(parts[1].drop { $0 == " " }), (0...Self.largest).contains(length) else { break }
            return start..<start + length
        }
        throw BenchFailure("A request without a usable Content-Length came:\n\(head)")
    }
}
