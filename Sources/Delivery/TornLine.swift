internal import SystemCalls
internal import SystemPackage

/// The repair of a file of lines whose last line a crash, a power loss or a full disk tore.
struct TornLine {
    /// How every line of ours begins; only what begins so is ever cut off.
    let lineBeginning: [UInt8]
    /// A torn line is looked for in so many bytes at the end of the file: more than the largest event file becomes when
    /// every byte of it is escaped.
    var longest = 32 * 1_048_576

    /// Leaves the file with a line end as its last byte, or empty: what stands after the last line end is cut off when it is
    /// the beginning of one of our lines, and ended with a line end when it is anything else.
    func repair(_ file: borrowing OwnedDescriptor, reading: borrowing OwnedDescriptor) throws(Errno) {
        let size = try reading.status().size
        let start = try startOfLastLine(reading, size: size)
        guard start != size else { return }
        if let start, try isOurs(reading, from: start, to: size) {
            try file.truncate(to: start)
        } else {
            let lineEnd = [UInt8(ascii: "\n")]
            _ = try lineEnd.withUnsafeBufferPointer { bytes throws(Errno) in
                try file.write(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    /// Where the text after the last line end begins; nil when that is farther away than ``longest``.
    private func startOfLastLine(_ file: borrowing OwnedDescriptor, size: Int) throws(Errno) -> Int? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var end = size
        while end > 0 {
            guard size - end <= longest else { return nil }
            let start = max(0, end - buffer.count)
            let count = try Self.read(file, at: start, into: &buffer, count: end - start)
            if let place = buffer[..<count].lastIndex(of: UInt8(ascii: "\n")) { return start + place + 1 }
            end = start
        }
        return 0
    }

    private func isOurs(_ file: borrowing OwnedDescriptor, from start: Int, to end: Int) throws(Errno) -> Bool {
        var buffer = [UInt8](repeating: 0, count: lineBeginning.count)
        let count = try Self.read(file, at: start, into: &buffer, count: min(buffer.count, end - start))
        return lineBeginning.starts(with: buffer[..<count])
    }

    private static func read(
        _ file: borrowing OwnedDescriptor, at offset: Int, into buffer: inout [UInt8], count: Int
    ) throws(Errno) -> Int {
        var done = 0
        while done < count {
            let step = try buffer.withUnsafeMutableBufferPointer { bytes throws(Errno) in
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[done..<count])
                return try file.read(into: rest, at: offset + done)
            }
            if step == 0 { break }
            done += step
        }
        return done
    }
}
