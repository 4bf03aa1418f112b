internal import CZlib
internal import NIOCore

/// Compresses bodies, one after the other, in memory that it keeps.
final class GzipEncoder {
    /// The library points back at it, so that it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    // Telemetry shrinks to a third at the fastest level, and at the usual one to little less in four times the time. A window
    // of 8 KiB finds as much as one of 32 KiB does, and the state takes 100 KiB where it would take 270.
    private static let level = Z_BEST_SPEED
    private static let windowBits: Int32 = 13
    private static let memoryLevel: Int32 = 7
    /// Added to the bits of the window: the format is gzip's.
    private static let gzip: Int32 = 16

    /// Nil when there is no memory for it.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = deflateInit2_(
            stream, Self.level, Z_DEFLATED, Self.windowBits + Self.gzip, Self.memoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The body compressed; nil for one that would not shrink.
    func compressed(_ body: [UInt8]) -> ByteBuffer? {
        deflateReset(stream)
        var buffer = ByteBufferAllocator().buffer(capacity: body.count)
        let isWhole = body.withUnsafeBufferPointer { body in
            // Never written to; the library's type says so only to those who ask for it.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: body.baseAddress)
            stream.pointee.avail_in = UInt32(body.count)
            return buffer.withUnsafeMutableWritableBytes { output in
                stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(body.count)
                return deflate(stream, Z_FINISH) == Z_STREAM_END
            }
        }
        guard isWhole else { return nil }
        buffer.moveWriterIndex(forwardBy: Int(stream.pointee.total_out))
        return buffer
    }
}
