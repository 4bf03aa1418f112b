/// Counts lines as fast as memory is read, so that the reader of a pipe holds nobody up.
enum LineEnds {
    static func count(in bytes: UnsafeRawBufferPointer) -> Int {
        // A sum without a branch, which the compiler turns into vector instructions.
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            var count = 0
            for byte in bytes { count &+= byte == 0x0a ? 1 : 0 }
            return count
        }
    }
}
